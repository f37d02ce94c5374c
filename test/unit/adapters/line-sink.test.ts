import { beforeEach, describe, expect, test } from "vitest";
import { lineSink } from "#src/adapters/line-sink.ts";

describe("a line sink", () => {
  let room: number;
  let out: string;
  const sink = () =>
    lineSink(
      9,
      (count) => `dropped ${count}\n`,
      (fd, bytes) => {
        expect(fd).toBe(9);
        if (room === 0) throw Object.assign(new Error("no room"), { code: "EAGAIN" });
        const taken = bytes.subarray(0, room);
        out += Buffer.from(taken).toString();
        room -= taken.length;
        return taken.length;
      },
    );

  beforeEach(() => {
    room = 1_000;
    out = "";
  });

  test("writes each line at once", () => {
    const { write } = sink();
    write("one\n");
    expect(out).toBe("one\n");
    write("two\n");
    expect(out).toBe("one\ntwo\n");
  });

  test("LN1: drops what finds no room, and says first how much that was", () => {
    const { write } = sink();
    room = 0;
    for (const line of ["kept\n", "lost\n", "lost\n"]) write(line);
    expect(out).toBe("");
    room = 1_000;
    write("next\n");
    write("last\n");
    expect(out).toBe("kept\ndropped 2\nnext\nlast\n");
  });

  test("LN2: completes a line that went out in part before it begins another", () => {
    const { write } = sink();
    room = 4;
    write("a long line\n");
    write("lost\n");
    expect(out).toBe("a lo");
    room = 1_000;
    write("next — last\n");
    expect(out).toBe("a long line\ndropped 1\nnext — last\n");
  });
});

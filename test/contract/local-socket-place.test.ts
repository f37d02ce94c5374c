import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  askLocal,
  type LocalParts,
  type LocalServer,
  listLocal,
  serveLocal,
} from "#src/adapters/local-socket.ts";
import { runtimeFolder, socketPath } from "#src/adapters/paths.ts";

let folder: string;
let path: string;
let servers: LocalServer[];

const ignore = (): void => {};
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const echo: LocalParts["handle"] = (query, reply) => reply.answer({ v: 1, ok: true, body: query });

async function serve(handle: LocalParts["handle"], at = path): Promise<LocalServer> {
  const server = await serveLocal({ path: at, log, handle });
  servers.push(server);
  return server;
}

const ask = (at = path) => askLocal(at, { v: 1, verb: "status" }, { timeout: 3_000 });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hf-socket-"));
  path = join(folder, "node-n1.sock");
  servers = [];
});

afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  rmSync(folder, { recursive: true, force: true });
});

describe("LS2: the socket", () => {
  const refused = (why: string | RegExp) => ({
    fault: { code: "SOCKET_UNUSABLE", message: expect.stringMatching(why) },
  });

  test("is for this user alone", async () => {
    await serve(echo);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test("is gone with its server, and its clients are dropped", async () => {
    const server = await serve(() => {});
    const asked = ask();
    await pause(20);
    await server.close();
    expect(await asked).toMatchObject({ ok: false, fault: { code: "QUERY_UNANSWERED" } });
    expect(existsSync(path)).toBe(false);
  });

  test("of a dead process is replaced", async () => {
    const code = `require("node:net").createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"))`;
    spawnSync(process.execPath, ["-e", code], { timeout: 20_000 });
    expect(existsSync(path)).toBe(true);
    expect(await ask()).toMatchObject({ ok: false, fault: { code: "NOT_RUNNING" } });
    await serve(echo);
    expect(await ask()).toMatchObject({ ok: true });
  });

  test("of a living process is not", async () => {
    await serve(echo);
    await expect(serve(() => {})).rejects.toMatchObject(refused("another instance answers"));
    expect(await ask()).toMatchObject({ ok: true });
  });

  test("is not put in the place of a file", async () => {
    writeFileSync(path, "precious");
    await expect(serve(echo)).rejects.toMatchObject(refused("no socket is in its place"));
    expect(statSync(path).size).toBe(8);
  });

  test("has a path that the system can hold", async () => {
    const fits = join(folder, `${"x".repeat(107 - folder.length - 1)}`);
    await serve(echo, fits);
    expect(await ask(fits)).toMatchObject({ ok: true });
    await expect(serve(echo, `${fits}x`)).rejects.toMatchObject(
      refused("the path has 108 bytes, at most 107 are possible"),
    );
  });

  test("is in a folder that is there, and that others cannot change", async () => {
    await expect(serve(echo, join(folder, "none", "n.sock"))).rejects.toMatchObject(
      refused("ENOENT"),
    );
    const open = join(folder, "open");
    mkdirSync(open);
    chmodSync(open, 0o777);
    await expect(serve(echo, join(open, "n.sock"))).rejects.toMatchObject(
      refused("everybody may change its folder"),
    );
    chmodSync(open, 0o1777);
    await serve(echo, join(open, "n.sock"));
  });
});

describe("the runtime folder", () => {
  test("is made for this user alone", () => {
    const env = { HOLDFAST_RUNTIME: join(folder, "a", "b") };
    expect(runtimeFolder(env)).toBe(env.HOLDFAST_RUNTIME);
    expect(statSync(env.HOLDFAST_RUNTIME).mode & 0o777).toBe(0o700);
    expect(runtimeFolder(env)).toBe(env.HOLDFAST_RUNTIME);
  });

  test("is named by holdfast's own variable, then systemd's, then the session's, then by user", () => {
    const all = {
      HOLDFAST_RUNTIME: join(folder, "own"),
      RUNTIME_DIRECTORY: `${join(folder, "unit")}:${join(folder, "second")}`,
      XDG_RUNTIME_DIR: join(folder, "session"),
      TMPDIR: join(folder, "tmp"),
    };
    const { HOLDFAST_RUNTIME, ...systemd } = all;
    const { RUNTIME_DIRECTORY: _, ...session } = systemd;
    expect(runtimeFolder(all)).toBe(HOLDFAST_RUNTIME);
    expect(runtimeFolder(systemd)).toBe(join(folder, "unit"));
    expect(runtimeFolder(session)).toBe(join(folder, "session", "holdfast"));
    expect(runtimeFolder({ TMPDIR: all.TMPDIR })).toBe(
      join(folder, "tmp", `holdfast-${process.getuid?.()}`),
    );
  });

  test("that cannot be made stops nobody, and the socket says why", async () => {
    writeFileSync(join(folder, "file"), "");
    const env = { HOLDFAST_RUNTIME: join(folder, "file", "sockets") };
    const at = socketPath(runtimeFolder(env), "node", "n1");
    await expect(serve(echo, at)).rejects.toMatchObject({ fault: { code: "SOCKET_UNUSABLE" } });
  });

  test("lists who answers, by name, and nothing else", async () => {
    await serve(echo, join(folder, "region-north.sock"));
    await serve(echo, join(folder, "node-b-2.sock"));
    await serve(echo, join(folder, "node-a_1.sock"));
    writeFileSync(join(folder, "node-file.sock"), "");
    writeFileSync(join(folder, "notes.txt"), "");
    symlinkSync(join(folder, "nowhere"), join(folder, "node-link.sock"));
    await serve(echo, join(folder, "node-BAD.sock"));
    expect(await listLocal(folder)).toEqual([
      { role: "node", id: "a_1", path: join(folder, "node-a_1.sock") },
      { role: "node", id: "b-2", path: join(folder, "node-b-2.sock") },
      { role: "region", id: "north", path: join(folder, "region-north.sock") },
    ]);
    expect(await listLocal(join(folder, "none"))).toEqual([]);
  });
});

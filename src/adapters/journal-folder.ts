import { mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
import { FaultError, fault } from "#src/base/fault.ts";
import { limits } from "#src/contract/limits.ts";
import type { JournalFiles } from "#src/ports/journal-files.ts";

/** Journals as files beside a node's databases: `journals/control-1.jsonl`, the highest number newest. */
export function journalFolder(data: string): JournalFiles {
  const folder = resolve(data, "journals");
  return {
    async keep(name, lines) {
      const unfinished = join(folder, `.${name}.tmp`);
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await write(unfinished, lines);
        const numbers = await numbersOf(folder, name);
        const path = fileOf(folder, name, Math.max(0, ...numbers) + 1);
        await rename(unfinished, path);
        const tooMany = numbers.toSorted((a, b) => b - a).slice(limits.journalFiles - 1);
        for (const number of tooMany) await rm(fileOf(folder, name, number), { force: true });
        return path;
      } catch (error) {
        await rm(unfinished, { force: true }).catch(() => undefined);
        const { code } = error as NodeJS.ErrnoException;
        if (code === undefined) throw error;
        throw new FaultError(fault("FILE_UNWRITABLE", { path: folder, why: code }));
      }
    },
  };
}

/** A loop must not wait for a whole journal to be put into words (JP1). */
async function write(path: string, lines: Iterable<string>): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    let slice = "";
    for (const line of lines) {
      slice += line;
      if (slice.length < sliceCharacters) continue;
      await file.write(slice);
      slice = "";
      await setImmediate();
    }
    await file.write(slice);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Half a millisecond of work. */
const sliceCharacters = 8 * 1024;

const fileOf = (folder: string, name: string, number: number): string =>
  join(folder, `${name}-${number}.jsonl`);

async function numbersOf(folder: string, name: string): Promise<number[]> {
  const names = await readdir(folder);
  return names.flatMap((file) => {
    const [, number] = new RegExp(`^${name}-(\\d{1,15})\\.jsonl$`).exec(file) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
}

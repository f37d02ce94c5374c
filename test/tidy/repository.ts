import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface SourceFile {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: string;
}

export const root = new URL("../..", import.meta.url).pathname;

/** Every text file of the repository: what .gitignore names and what is not text is left out. */
export function repositoryFiles(): readonly SourceFile[] {
  const ignored = ignoring(readFileSync(join(root, ".gitignore"), "utf8"));
  const files: SourceFile[] = [];
  const visit = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (ignored(path)) continue;
      if (entry.isDirectory()) visit(path);
      if (entry.isFile()) read(path);
    }
  };
  const read = (path: string): void => {
    const text = readFileSync(join(root, path), "utf8");
    if (!text.includes("\0")) files.push({ path, text });
  };
  visit("");
  return files;
}

export const isSource = (file: SourceFile): boolean => file.path.endsWith(".ts");

/**
 * Understands the lines this repository uses: a folder's name, the same from the root, or a star
 * and an ending.
 */
export function ignoring(gitignore: string): (path: string) => boolean {
  const lines = gitignore.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const bare = (line: string): string => line.replace(/\/$/, "");
  const names = new Set([".git", ...lines.filter((line) => !line.startsWith("/")).map(bare)]);
  const fromRoot = new Set(lines.filter((line) => line.startsWith("/")).map(bare));
  const endings = lines.filter((line) => line.startsWith("*")).map((line) => line.slice(1));
  return (path) =>
    names.has(path.slice(path.lastIndexOf("/") + 1)) ||
    fromRoot.has(`/${path}`) ||
    endings.some((ending) => path.endsWith(ending));
}

/**
 * Where an agent's journals go.
 *
 * JP1  `keep` writes all lines or leaves no file, and holds its thread up for no longer than a few
 *      milliseconds at a time.
 * JP2  The newest few of each name stay, and older ones make room.
 */
export interface JournalFiles {
  /** Gives the path; rejects with a FaultError (FILE_UNWRITABLE). */
  keep(name: string, lines: Iterable<string>): Promise<string>;
}

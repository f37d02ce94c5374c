/** What a shell script may rely on. */
export const exit = {
  ok: 0,
  /** It failed, or the answer to the question is no. */
  failed: 1,
  usage: 2,
  /** The configuration is missing or refused (EX_CONFIG of sysexits.h). */
  config: 78,
} as const;

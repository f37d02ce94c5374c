/**
 * One pattern string gives writer, reader and subscription filter.
 *
 * P1  parse(format(params)) = params for every set of ids.
 * P2  format never yields a topic with wildcards, and a topic of one pattern parses under no other
 *     pattern of the table.
 */
type ParamsOf<P extends string> = P extends `${string}{${infer Name}}${infer Rest}`
  ? { readonly [K in Name]: string } & ParamsOf<Rest>
  : unknown;

export interface Topic<P extends string = string> {
  readonly pattern: P;
  /** Levels as MQTT wants them in a subscription; a given param narrows it. */
  filter(known?: Partial<ParamsOf<P>>): string;
  format(params: ParamsOf<P>): string;
  parse(topic: string): ParamsOf<P> | undefined;
}

const level = /^[a-z0-9][a-z0-9_-]{0,31}$/;

export function topic<const P extends string>(pattern: P): Topic<P> {
  const parts = pattern.split("/").map((text) => {
    const name = /^\{(.+)\}$/.exec(text)?.[1];
    return { text, name };
  });
  const build = (params: Readonly<Record<string, string | undefined>>, blank: string): string =>
    parts.map(({ text, name }) => (name === undefined ? text : (params[name] ?? blank))).join("/");
  return {
    pattern,
    filter: (known = {} as never) => build(known as Record<string, string | undefined>, "+"),
    format: (params) => build(params as Record<string, string>, ""),
    parse(said) {
      const levels = said.split("/");
      if (levels.length !== parts.length) return undefined;
      const params: Record<string, string> = {};
      for (const [index, { text, name }] of parts.entries()) {
        const found = levels[index] ?? "";
        if (name === undefined ? found !== text : !level.test(found)) return undefined;
        if (name !== undefined) params[name] = found;
      }
      return params as ParamsOf<P>;
    },
  };
}

export type TopicParams<T> =
  T extends Topic<infer P> ? { readonly [K in keyof ParamsOf<P>]: string } : never;

/** Something that takes long and is looked at later; it fails where it is looked at. */
export class Story<T> {
  readonly #tell: () => Promise<T>;
  readonly #told = Promise.withResolvers<T>();
  #begun: Promise<void> | undefined;

  constructor(tell: () => Promise<T>) {
    this.#tell = tell;
    this.#told.promise.catch(() => undefined);
  }

  get told(): Promise<T> {
    return this.#told.promise;
  }

  /** Resolves when it is over, well or badly. */
  begin(): Promise<void> {
    this.#begun ??= this.#tell().then(this.#told.resolve, this.#told.reject);
    return this.#begun;
  }
}

export async function inTurn(stories: readonly Pick<Story<unknown>, "begin">[]): Promise<void> {
  for (const story of stories) await story.begin();
}

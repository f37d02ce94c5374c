/** Lower case so that no two ids differ by case alone; short enough for topics and file names. */
export const idPattern = /^[a-z0-9][a-z0-9_-]{0,31}$/;

export const isId = (text: string): boolean => idPattern.test(text);

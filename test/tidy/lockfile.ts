interface Locked {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export interface Lockfile {
  readonly packages: Readonly<Record<string, Locked>>;
}

/**
 * What keeps `npm ci` from working elsewhere: a package for another platform that is asked for
 * and not locked (npm drops it silently where the registry lacks it), and the address of one
 * registry.
 */
export function lockFindings({ packages }: Lockfile): readonly string[] {
  const locked = new Set(Object.keys(packages).map(nameOf));
  return Object.entries(packages).flatMap(([path, { resolved, optionalDependencies = {} }]) => {
    const missing = Object.keys(optionalDependencies).filter((name) => !locked.has(name));
    const findings = missing.map((name) => `${nameOf(path)} asks for ${name}, which is not locked`);
    if (resolved?.startsWith("http"))
      findings.push(`${nameOf(path)} has the address of a registry`);
    return findings;
  });
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf("node_modules/") + 13);

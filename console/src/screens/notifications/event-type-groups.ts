// Event types in groups, by what they are about.

/** Return the types by noun, in their order. */
export function byNoun(types: string[]): [string, string[]][] {
  const groups = new Map<string, string[]>();
  for (const type of types) {
    const noun = type.split(".")[0]!;
    groups.set(noun, [...(groups.get(noun) ?? []), type]);
  }
  return [...groups];
}

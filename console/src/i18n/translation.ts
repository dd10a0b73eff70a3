// The types of a translation: the keys and the placeholders of the English texts.

/** A text with the placeholders of the English one, in any order. */
type WithPlaceholders<T> = T extends `${string}{{${infer Name}}}${infer Rest}` ? `${string}{{${Name}}}${string}` & WithPlaceholders<Rest> : string;

/** The texts of another language. Singular forms may be missing: not every language has them. */
export type Translation<T> = { [K in Exclude<keyof T, `${string}_one`>]: WithPlaceholders<T[K]> } & { [K in Extract<keyof T, `${string}_one`>]?: WithPlaceholders<T[K]> };

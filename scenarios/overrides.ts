import * as z from 'zod';

type Override<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: Override<T[K]> }
    : T;

type OverrideShape<S extends z.ZodRawShape> = {
  [K in keyof S]: z.ZodOptional<z.ZodType<Override<z.output<S[K]>>>>;
};

/** The same keys as an object schema, at every depth, but none required and none with a default. */
export function overridesOf<S extends z.ZodRawShape>(object: z.ZodObject<S>): z.ZodObject<OverrideShape<S>> {
  const shape = Object.entries(object.shape).map(([key, field]) => [
    key,
    bare(field as z.ZodType).optional(),
  ]);
  return z.strictObject(Object.fromEntries(shape)) as z.ZodObject<OverrideShape<S>>;
}

function bare(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return bare(schema.unwrap() as z.ZodType);
  if (!(schema instanceof z.ZodObject)) return schema;
  const overrides = overridesOf(schema);
  return schema.description === undefined ? overrides : overrides.describe(schema.description);
}

/** Settings with whatever an override says put in their place. */
export function overridden<T extends object>(settings: T, override: Override<T>): T {
  const merged = Object.entries(settings).map(([key, value]) => {
    const other = override[key as keyof typeof override] as unknown;
    if (other === undefined) return [key, value];
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [key, nested ? overridden(value, other as Override<typeof value>) : other];
  });
  // What may be absent has no place in the settings that could be taken.
  return { ...override, ...Object.fromEntries(merged) } as T;
}

// OSes that scripts of a node install, by Ganeti's interface: what is chosen of them, and what a node offers.
import { z } from 'zod';

const plainName = /^[a-zA-Z0-9][a-zA-Z0-9._-]*$/;

/** The name of a definition's folder. With a variant its full name is `name+variant`. */
export const ScriptName = z.string().max(64).regex(plainName, 'Not the name of an OS.');
export const ScriptVariant = z.string().max(64).regex(plainName, 'Not a variant.');
/** Reaches its scripts as the environment variable `OSP_<NAME>`. */
export const ScriptParam = z
  .string()
  .max(64)
  .regex(/^[a-zA-Z][a-zA-Z0-9_-]*$/, 'Not the name of a parameter.');
const ParamValue = z
  .string()
  .max(4_096)
  .regex(/^\P{C}*$/u, 'One line of printable characters.');

export const ScriptChoice = z.object({
  kind: z.literal('script'),
  name: ScriptName,
  variant: ScriptVariant.nullable(),
  params: z
    .record(ScriptParam, ParamValue)
    .refine((params) => Object.keys(params).length <= 100, 'At most 100 parameters.'),
});
export type ScriptChoice = z.infer<typeof ScriptChoice>;

/** A definition on a node. `problem`: why nothing can be installed by it, in words; null: it can. */
export const ScriptOffer = z.object({
  name: ScriptName,
  variants: z.array(ScriptVariant).max(1_000),
  parameters: z.array(z.object({ name: ScriptParam, description: z.string().max(1_000) })).max(100),
  problem: z.string().max(1_000).nullable(),
});
export type ScriptOffer = z.infer<typeof ScriptOffer>;

/** `name+variant`, as Ganeti writes it. */
export function fullScriptName({ name, variant }: Pick<ScriptChoice, 'name' | 'variant'>): string {
  return variant === null ? name : `${name}+${variant}`;
}

/** Why a choice is not among these offers, completing "It …"; null: it is. */
export function whyNoScript(choice: ScriptChoice, offers: readonly ScriptOffer[]): string | null {
  const { name, variant, params } = choice;
  const offer = offers.find((one) => one.name === name);
  if (!offer) return `has no OS ${name}`;
  if (offer.problem !== null) return `cannot install ${name}: ${offer.problem}`;
  if (variant === null && offer.variants.length > 0)
    return `has OS ${name} only with a variant: ${offer.variants.join(', ')}`;
  if (variant !== null && !offer.variants.includes(variant)) return `has no variant ${variant} of OS ${name}`;
  const known = offer.parameters.map((parameter) => parameter.name);
  const unknown = Object.keys(params).filter((key) => !known.includes(key));
  return unknown.length === 0 ? null : `has OS ${name} without the parameter ${unknown.join(', ')}`;
}

/** What every one of these nodes can install, with what they have in common of it. */
export function agreedScripts([first = [], ...others]: readonly ScriptOffer[][]): ScriptOffer[] {
  return first.flatMap((offer) => {
    const same = others.map((offers) => offers.find(({ name }) => name === offer.name));
    if (offer.problem !== null || same.some((other) => other?.problem !== null)) return [];
    const variants = offer.variants.filter((variant) => same.every((one) => one?.variants.includes(variant)));
    if (variants.length === 0 && [offer, ...same].some((one) => one?.variants.length !== 0)) return [];
    const parameters = offer.parameters.filter(({ name }) =>
      same.every((one) => one?.parameters.some((parameter) => parameter.name === name)),
    );
    return [{ ...offer, variants, parameters }];
  });
}

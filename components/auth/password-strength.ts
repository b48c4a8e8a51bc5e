// A rough guess of how hard a password is to guess: length and variety; repeated and neighbouring characters count little. Only a hint:
// the rule (at least 12 characters) is the contract's.
export type Strength = 'tooShort' | 'fair' | 'good' | 'strong';

export const shortestPassword = 12;

export function passwordStrength(password: string): Strength {
  if (password.length < shortestPassword) return 'tooShort';
  const bits = countSurprising(password) * Math.log2(alphabetSize(password));
  if (bits < 60) return 'fair';
  return bits < 85 ? 'good' : 'strong';
}

function alphabetSize(password: string): number {
  const classes: [RegExp, number][] = [
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/\d/, 10],
    [/[^a-zA-Z\d]/, 32],
  ];
  return classes.reduce((size, [pattern, count]) => size + (pattern.test(password) ? count : 0), 1);
}

function countSurprising(password: string): number {
  const codes = [...password].map((character) => character.codePointAt(0) ?? 0);
  return codes.filter((code, index) => index === 0 || Math.abs(code - (codes[index - 1] ?? 0)) > 1).length;
}

/** Days as the server counts them: 1 January of the year 1 is 1 (proleptic Gregorian calendar). */
export type Day = number;

const EPOCH = 719163; // 1 January 1970
const LENGTH = 86_400_000;
const words = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });

/** As in an address: 2021-08-09. */
export function iso(day: Day): string {
  return new Date((day - EPOCH) * LENGTH).toISOString().slice(0, 10);
}

/** The day that a text names, in the form 2021-08-09; undefined where it names none. */
export function parsed(text: string): Day | undefined {
  const found = /^\s*(\d{4}-\d{2}-\d{2})\s*$/.exec(text);
  if (!found?.[1]) return undefined;
  const day = Date.parse(`${found[1]}T00:00:00Z`) / LENGTH + EPOCH;
  return Number.isNaN(day) || iso(day) !== found[1] ? undefined : day;
}

/** In words: 9 August 2021. */
export function told(day: Day): string {
  return words.format(new Date((day - EPOCH) * LENGTH));
}

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

const solar = new Intl.DateTimeFormat("en-u-ca-persian-nu-latn", { day: "numeric", month: "numeric", year: "numeric", timeZone: "UTC" });
/** The months of the Solar Hijri calendar as they are called in Afghanistan (kg/figures/calendar.py). */
const ZODIAC = "Hamal Sawr Jawza Saratan Asad Sunbula Mizan Aqrab Qaws Jadi Dalw Hut".split(" ");

/** In words, in the calendar of the page: 9 August 2021, or 18 Asad 1400. */
export function told(day: Day): string {
  const date = new Date((day - EPOCH) * LENGTH);
  if (new URLSearchParams(location.search).get("cal") !== "persian") return words.format(date);
  const part = Object.fromEntries(solar.formatToParts(date).map(({ type, value }) => [type, value]));
  return `${part.day} ${ZODIAC[Number(part.month) - 1]} ${part.year}`;
}

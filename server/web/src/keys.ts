/** The keys of all pages: which, and what each does; the page `/help` shows the same list. */
import listed from "../../keys.json";

export const shortcuts = listed as [string[], string][];

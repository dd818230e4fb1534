// The form of a page, asked without leaving the page.

/**
 * Call `ask` with the address that the form on the page asks for. What the address has besides what the form asks stays,
 * and what is not chosen is left out. A choice of another language changes all of the page, which is left to the browser.
 */
export function asking(ask: (address: URL) => void): void {
  document.addEventListener("submit", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>("form.asking");
    if (!form || event.defaultPrevented) return;
    const address = new URL(form.getAttribute("action") ?? "", location.href);
    const fields = [...form.elements].filter((each): each is HTMLInputElement | HTMLSelectElement => each.matches("[name]:not([type=hidden])"));
    const names = new Set(fields.map((each) => each.name));
    for (const [name, value] of new URLSearchParams(location.search)) if (!names.has(name)) address.searchParams.append(name, value);
    for (const field of fields) {
      // of a choice the first is what is meant where nothing is said
      const values = field instanceof HTMLInputElement ? [field.value.trim()] : [...field.selectedOptions].filter((each) => field.multiple || each.index).map((each) => each.value);
      for (const value of values) if (value) address.searchParams.append(field.name, value);
    }
    if ((address.searchParams.get("lang") ?? "en") !== (new URLSearchParams(location.search).get("lang") ?? "en")) return;
    event.preventDefault();
    ask(address);
  });
}

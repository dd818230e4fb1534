/** A place before an element for what went wrong, with a way on: `fault` says it and offers to try again. */
export function banner(before: Element): { fault: (words: string, again: () => void) => void; clear: () => void } {
  const place = document.createElement("div");
  place.setAttribute("role", "alert");
  before.before(place);
  const clear = () => place.replaceChildren();
  function fault(words: string, again: () => void) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = "Try again";
    button.addEventListener("click", () => (clear(), again()));
    const told = document.createElement("p");
    told.className = "warn";
    told.append(`${words} `, button);
    place.replaceChildren(told);
  }
  return { fault, clear };
}

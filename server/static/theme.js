// The scheme that was chosen, light or dark, before anything is painted; without a choice the system's holds.
// Rules for a dark system are switched on or off as they are, in drawings too, so that no colour is written twice.
(() => {
  const root = document.documentElement;
  const rules = () =>
    [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].filter((rule) => rule instanceof CSSMediaRule));
  const dark = new WeakSet();
  function apply() {
    const chosen = localStorage.getItem("scheme");
    root.style.colorScheme = chosen ?? "";
    for (const rule of rules()) {
      if (dark.has(rule) || rule.media.mediaText.includes("prefers-color-scheme: dark")) {
        dark.add(rule);
        rule.media.mediaText =
          chosen === "dark" ? "all" : chosen === "light" ? "not all" : "(prefers-color-scheme: dark)";
      }
    }
  }
  if (localStorage.getItem("scheme")) apply();
  document.addEventListener("DOMContentLoaded", () => localStorage.getItem("scheme") && apply());
  addEventListener("storage", apply);
  addEventListener("scheme", apply);
})();

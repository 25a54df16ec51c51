// Runs before the first paint, so that the other theme never flashes; modules run later.
(() => {
  try {
    const chosen = localStorage.getItem("wenda-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Without storage the page follows the system.
  }
})();

// Runs before the first paint, so that a chosen theme never flashes; hence no module.
(() => {
  try {
    const chosen = localStorage.getItem("wenda-theme");
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Without storage the page follows the system.
  }
})();

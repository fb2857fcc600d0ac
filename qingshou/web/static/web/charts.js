/* Draws the charts of a page when they come into view; the bundle (Vega, Vega-Lite) is loaded once, then. */
(() => {
  "use strict";
  const bundle = document.currentScript.dataset.bundle;
  let loading;
  const library = () => loading ??= import(bundle);
  async function draw(figure) {
    const canvas = figure.querySelector(".canvas");
    try {
      await library();  // defines vegaEmbed
      const spec = JSON.parse(figure.querySelector("script").textContent);
      // ast: expressions are interpreted, since the content security policy forbids eval.
      await window.vegaEmbed(canvas, spec, { actions: false, renderer: "svg", ast: true, defaultStyle: false, config: { aria: false } });
      // One picture to a reader of screens, by its title; the table below says the figures.
      const svg = canvas.querySelector("svg");
      svg?.setAttribute("role", "img");
      svg?.setAttribute("aria-label", figure.querySelector("figcaption").textContent.trim());
      figure.classList.add("drawn");
    } catch (error) {
      console.error(error);
      figure.querySelector("details").open = true;
    }
  }
  const seen = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
    seen.unobserve(entry.target);
    draw(entry.target);
  }), { rootMargin: "200px" });
  const watch = (root) => root.querySelectorAll("[data-chart]:not(.drawn)").forEach((figure) => seen.observe(figure));
  watch(document);
  document.addEventListener("htmx:load", (event) => watch(event.target));
})();

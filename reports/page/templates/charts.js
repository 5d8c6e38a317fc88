"use strict";
(() => {
  const hidden = new Set();

  /* Each renderer of a backend in a Bokeh chart has the backend's name. */
  function apply() {
    (window.Bokeh?.documents ?? []).flatMap((drawn) => drawn.roots()).flatMap((plot) => plot.renderers).forEach((shown) => {
      if (shown.name) shown.visible = !hidden.has(shown.name);
    });
  }

  function applyOnceThereAreMoreThan(count) {
    if (window.Bokeh.documents.length > count) apply();
    else requestAnimationFrame(() => applyOnceThereAreMoreThan(count));
  }

  /* Right results look alike: an image of several backends is embedded once. */
  const images = JSON.parse(document.getElementById("images").textContent);
  document.querySelectorAll("img[data-image]").forEach((image) => {
    image.src = images[image.dataset.image];
  });

  document.querySelectorAll(".legend button").forEach((button) => {
    button.addEventListener("click", () => {
      const name = button.dataset.backend;
      if (!hidden.delete(name)) hidden.add(name);
      button.setAttribute("aria-pressed", String(!hidden.has(name)));
      apply();
    });
  });

  /* Hundreds of charts take seconds to draw: each group is drawn when it is first opened. */
  document.querySelectorAll("details.group").forEach((group) => {
    const draw = () => {
      const waiting = group.querySelector("script[type='text/x-drawn-when-open']");
      if (!group.open || !waiting) return;
      const script = document.createElement("script");
      script.textContent = waiting.textContent;
      applyOnceThereAreMoreThan(window.Bokeh.documents.length);
      waiting.replaceWith(script);
    };
    group.addEventListener("toggle", draw);
    draw();
  });
})();

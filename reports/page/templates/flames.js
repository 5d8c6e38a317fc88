"use strict";
/* The flame graph of a case: a bar for each function, below its caller, as wide as its share of the samples. */
const flameGraph = (() => {
  const ROW = 20; // pixels
  const COLOURS = 6; // classes in page.css; the functions of one file have one colour

  function colour(name) {
    const file = name.slice(name.indexOf("("));
    return [...file].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9973, 0) % COLOURS;
  }

  function bar({ function: name, depth, left, right }) {
    const share = right - left;
    const made = document.createElement("span");
    made.className = `flame flame-${colour(name)}`;
    made.textContent = name;
    made.title = `${name}: ${(100 * share).toFixed(1)} % of the samples`;
    made.style.cssText = `top: ${depth * ROW}px; left: ${100 * left}%; width: ${100 * share}%`;
    return made;
  }

  /* Nothing for a case that was not sampled. */
  return (bars) => {
    if (!bars.length) return [];
    const figure = document.createElement("figure");
    const caption = document.createElement("figcaption");
    caption.textContent = "Flame graph: the width is the share of the samples; callers are above what they call. Point at a bar for its name.";
    const graph = document.createElement("div");
    graph.className = "flames";
    graph.style.height = `${(Math.max(...bars.map((one) => one.depth)) + 1) * ROW}px`;
    graph.append(...bars.map(bar));
    figure.append(caption, graph);
    return [figure];
  };
})();

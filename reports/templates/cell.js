"use strict";
/* What a cell of the table opens: figures, curves and samples of one case. */
const cellParts = (() => {
  const MEASURES = {
    wall_s: ["time", (value) => `${value.toPrecision(3)} s`, 1],
    cpu_s: ["CPU time", (value) => `${value.toPrecision(3)} s`, 1],
    peak_bytes: ["peak memory", (value) => `${(value / 1e6).toFixed(0)} MB`, 1],
    of_limit: ["share of the limit", (value) => `${(value * 100).toFixed(1)} %`, -1],
  };
  const [WIDTH, HEIGHT] = [240, 90];

  function element(name, text, attributes = {}) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, value));
    return made;
  }

  function taskName(cell) {
    return `${cell.task} on ${cell.dataset} ${cell.size}, ${cell.layout}, ${cell.compress}, ${cell.cache_asked}`;
  }

  function facts(cell, withRun) {
    const list = element("dl", undefined, { class: "facts" });
    const add = (name, value) => {
      if (value === null || value === "" || value === undefined) return;
      const line = element("div");
      line.append(element("dt", name), element("dd", value));
      list.append(line);
    };
    if (withRun) add("run", cell.run);
    add("status", cell.status);
    add("reason", cell.reason);
    add("chunk", `${cell.chunk}`);
    add("workers", `${cell.workers} x ${cell.threads} threads on ${cell.cores ?? "unknown"} cores`);
    add("cache", `asked for ${cell.cache_asked}, found ${cell.cache}`);
    Object.entries(MEASURES).forEach(([name, [text, shown]]) => add(text, cell[name] === null ? null : shown(cell[name])));
    add("start-up", cell.startup_s === null ? null : `${cell.startup_s.toFixed(2)} s`);
    add("floor", cell.floor_s === null ? null : `${cell.floor_s.toPrecision(3)} s`);
    add("pixels compared", `${cell.pixels_compared}, left out ${cell.pixels_left_out ?? 0}`);
    add("largest error", cell.max_error === null ? null : cell.max_error.toExponential(1));
    add("files", cell.inputs.join(", "));
    add("versions", Object.entries(cell.versions).map(([name, version]) => `${name} ${version}`).join(", "));
    return list;
  }

  /* From nothing at the bottom to the highest at the top; the figures beside it tell how much that is. */
  function curve({ title, unit, seconds, values }) {
    const [highest, end] = [Math.max(...values), seconds.at(-1)];
    const told = `${title}: at most ${highest.toPrecision(3)} ${unit}, ${end.toPrecision(3)} s`;
    const namespace = "http://www.w3.org/2000/svg";
    const drawing = document.createElementNS(namespace, "svg");
    Object.entries({ viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": told }).forEach(([name, value]) => drawing.setAttribute(name, value));
    const line = document.createElementNS(namespace, "polyline");
    const at = (n) => `${((seconds[n] / (end || 1)) * WIDTH).toFixed(1)},${((1 - values[n] / (highest || 1)) * (HEIGHT - 4) + 2).toFixed(1)}`;
    line.setAttribute("points", values.map((_, n) => at(n)).join(" "));
    drawing.append(line);
    const figure = element("figure");
    figure.append(element("figcaption", told), drawing);
    return figure;
  }

  function curves(cell) {
    const all = element("div", undefined, { class: "curves" });
    all.append(...cell.curves.map(curve));
    return all;
  }

  function samples(cell) {
    const table = element("table");
    const head = element("tr");
    ["round", "status", "time (s)", "CPU (s)", "peak (MB)", "floor (s)"].forEach((text) => head.append(element("th", text)));
    table.append(head);
    cell.samples.forEach((sample) => {
      const line = element("tr");
      [
        sample.round, sample.unfit ? "unfit" : sample.status,
        sample.wall_s.map((value) => value.toPrecision(4)).join(", "), sample.cpu_s.map((value) => value.toPrecision(4)).join(", "),
        sample.peak_bytes === null ? "" : (sample.peak_bytes / 1e6).toFixed(0), sample.floor_s === null ? "" : sample.floor_s.toPrecision(3),
      ].forEach((text) => line.append(element("td", text)));
      table.append(line);
    });
    return table;
  }

  function openCell(cell, withRun) {
    const dialog = document.getElementById("cell");
    const close = element("button", "Close", { type: "button", autofocus: "" });
    close.addEventListener("click", () => dialog.close());
    const scroll = element("div", undefined, { class: "scroll" });
    scroll.append(samples(cell));
    const parts = [close, element("h3", `${cell.backend}: ${taskName(cell)}`, { id: "cell-title" }), facts(cell, withRun), curves(cell), scroll];
    if (cell.printed) parts.push(element("p", "What it printed last:"), element("pre", cell.printed));
    dialog.replaceChildren(...parts);
    dialog.showModal();
  }

  return { MEASURES, element, openCell, taskName };
})();

"use strict";
(() => {
  const cells = JSON.parse(document.getElementById("cells").textContent);
  const { element, openCell, taskName } = cellParts;
  const FILTERS = {
    run: "run", task: "operation", backend: "backend", size: "size", layout: "layout", chunk: "chunk",
    workers: "workers", cache_asked: "cache",
  };
  const STOPS = ["#6db6ea", "#cfe5f2", "#f5e9cf", "#f0b878", "#e0823d"];
  const COLUMNS = { backend: "backends", run: "runs" };
  const state = { measure: measures.choices(cells)[0].name, columns: "backend", sort: "", down: false };

  function choose(name, label, options, chosen) {
    const select = element("select", undefined, { name });
    options.forEach(([value, text]) => {
      const option = element("option", text, { value });
      option.selected = value === chosen;
      select.append(option);
    });
    select.addEventListener("change", draw);
    const around = element("label", label);
    around.append(select);
    return around;
  }

  function values(name) {
    const found = [...new Set(cells.map((cell) => cell[name]))];
    return found.sort((one, other) => (typeof one === "number" ? one - other : String(one).localeCompare(other, "en", { numeric: true })));
  }

  const varied = Object.keys(COLUMNS).filter((name) => values(name).length > 1);

  function controls() {
    const form = document.getElementById("filters");
    form.append(choose("measure", "show", measures.choices(cells).map((one) => [one.name, one.title]), state.measure));
    if (varied.includes("run")) form.append(choose("columns", "side by side", Object.entries(COLUMNS), state.columns));
    Object.entries(FILTERS).forEach(([name, label]) => {
      const found = values(name);
      if (found.length > 1) form.append(choose(name, label, [["", "all"], ...found.map((value) => [String(value), String(value)])], ""));
    });
    form.addEventListener("submit", (event) => event.preventDefault());
  }

  function kept() {
    const chosen = new FormData(document.getElementById("filters"));
    state.measure = chosen.get("measure");
    state.columns = chosen.get("columns") ?? "backend";
    return cells.filter((cell) => Object.keys(FILTERS).every((name) => !chosen.get(name) || String(cell[name]) === chosen.get(name)));
  }

  /* Columns distinguish the cells of a row; the name of the row states all that its cells share. */
  function rowName(cell) {
    const others = varied.filter((name) => name !== state.columns);
    return [taskName(cell), ...others.map((name) => cell[name])].join(", ");
  }

  function figure(cell) {
    return cell.status === "ok" && cell.wall_s !== null ? cell[state.measure] : null;
  }

  function lessIsBetter() {
    return measures.byName.get(state.measure).less_is_better !== false;
  }

  function better(one, other) {
    const [first, second] = [figure(one), figure(other)];
    if (first === null || second === null) return second === null;
    return lessIsBetter() ? first <= second : first >= second;
  }

  function grid(shown) {
    const rows = new Map();
    shown.forEach((cell) => {
      const name = rowName(cell);
      if (!rows.has(name)) rows.set(name, new Map());
      const row = rows.get(name);
      const column = cell[state.columns];
      if (!row.has(column) || better(cell, row.get(column))) row.set(column, cell);
    });
    return rows;
  }

  function ratio(cell, best) {
    const value = figure(cell) / best;
    return lessIsBetter() ? value : 1 / value;
  }

  function bestOf(row) {
    const found = [...row.values()].map(figure).filter((value) => value !== null);
    return lessIsBetter() ? Math.min(...found) : Math.max(...found);
  }

  /* From blue (as good as the best) over sand to vermilion (a hundred times worse and more), on a logarithmic scale. */
  function colour(times) {
    const share = Math.min(1, Math.log10(Math.max(1, times)) / 2) * (STOPS.length - 1);
    const at = Math.min(STOPS.length - 2, Math.floor(share));
    return `color-mix(in srgb, ${STOPS[at + 1]} ${((share - at) * 100).toFixed(0)}%, ${STOPS[at]})`;
  }

  function shownCell(cell, best) {
    const button = element("button", undefined, { type: "button", class: "cell" });
    const value = figure(cell);
    if (value === null) {
      button.classList.add("absent");
      const status = cell.status === "ok" ? "unfit" : cell.status;
      button.append(element("strong", status), element("span", cell.reason || "measured only in unfit rounds"));
    } else {
      const times = ratio(cell, best);
      button.style.setProperty("--heat", colour(times));
      button.style.setProperty("--ink", "#14181b");
      button.append(element("strong", measures.withUnit(measures.byName.get(state.measure), value)), element("span", `${times.toFixed(2)} x`), element("span", `chunk ${cell.chunk}, ${cell.workers * cell.threads} w`));
    }
    button.addEventListener("click", () => openCell(cell, varied.includes("run")));
    return button;
  }

  function heading(text) {
    const cell = element("th", undefined, { scope: "col" });
    const arrow = state.sort === text ? (state.down ? " \u2193" : " \u2191") : "";
    const button = element("button", text + arrow, { type: "button", "data-column": text });
    if (arrow) cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
    button.addEventListener("click", () => {
      state.down = state.sort === text && !state.down;
      state.sort = text;
      draw();
      document.querySelector(`#comparison [data-column="${CSS.escape(text)}"]`).focus();
    });
    cell.append(button);
    return cell;
  }

  function ordered(rows) {
    const list = [...rows];
    if (!state.sort) return list;
    const key = ([name, row]) => {
      if (state.sort === "operation") return name;
      const cell = row.get(state.sort);
      return cell && figure(cell) !== null ? figure(cell) : Infinity;
    };
    list.sort((one, other) => {
      const [first, second] = [key(one), key(other)];
      if (typeof first === "string") return first.localeCompare(second, "en", { numeric: true });
      return first === second ? 0 : first - second;
    });
    return state.down ? list.reverse() : list;
  }

  function draw() {
    const rows = grid(kept());
    const columns = [...new Set([...rows.values()].flatMap((row) => [...row.keys()]))].sort();
    const head = element("tr");
    head.append(heading("operation"), ...columns.map(heading));
    const body = element("tbody");
    ordered(rows).forEach(([name, row]) => {
      const best = bestOf(row);
      const line = element("tr");
      const [{ task }] = row.values();
      const head = element("th", task, { scope: "row" });
      head.append(element("small", name.slice(task.length)));
      line.append(head);
      columns.forEach((column) => {
        const place = element("td");
        place.append(row.has(column) ? shownCell(row.get(column), best) : element("span", "not measured", { class: "dim" }));
        line.append(place);
      });
      body.append(line);
    });
    const top = element("thead");
    top.append(head);
    document.getElementById("comparison").replaceChildren(top, body);
  }

  controls();
  draw();
})();

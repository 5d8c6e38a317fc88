"use strict";
/* The measures of rasterbout.measures, embedded in the page, formatted as Python does. */
const measures = (() => {
  const all = JSON.parse(document.getElementById("measures").textContent);
  const byName = new Map(all.map((measure) => [measure.name, measure]));
  const METHODS = { f: "toFixed", g: "toPrecision", e: "toExponential" };

  function number(measure, value) {
    const [, digits, form] = /^\.(\d+)([fge])$/.exec(measure.form);
    return (value * measure.scale)[METHODS[form]](Number(digits));
  }

  /* Samples hold a list where a process measured several repeats. */
  function shown(measure, held) {
    if (held === null || held === undefined) return "";
    return Array.isArray(held) ? held.map((value) => number(measure, value)).join(", ") : number(measure, held);
  }

  function withUnit(measure, value) {
    return `${shown(measure, value)} ${measure.unit}`.trim();
  }

  function heading(measure) {
    return measure.unit ? `${measure.title} (${measure.unit})` : measure.title;
  }

  function measured(holders) {
    const has = ({ name }) => holders.some((one) => one[name] !== null && one[name] !== undefined && String(one[name]) !== "");
    return all.filter(has);
  }

  /* The choices of the table; where nothing was measured, the first, which then shows the reasons. */
  function choices(cells) {
    const onPage = (one) => one.on_page;
    const found = measured(cells).filter(onPage);
    return found.length ? found : all.filter(onPage).slice(0, 1);
  }

  return { byName, choices, heading, measured, shown, withUnit };
})();

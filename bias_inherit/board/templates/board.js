"use strict";
// The board: one table and one scatter over the numbers in the page's data block. Text of strangers is only ever
// set as text, never as markup.
(() => {
  const data = JSON.parse(document.getElementById("data-block").textContent);
  const byId = (id) => document.getElementById(id);
  const SVG = "http://www.w3.org/2000/svg";
  const [VALUE, LOW, HIGH, BEST, WORST, IS_GAP] = [0, 1, 2, 3, 4, 5];
  const MANY = 60; // models, above which the scatter leaves bars out
  const FIRST = 100; // rows, before all are asked for: a table of 500 takes a browser a while to lay out

  // What is shown. `sort` is {metric, column, down}; metric "name" sorts by name.
  const state = { league: 0, column: 0, metric: "both", filter: "", sort: {} };
  let shown = []; // entries of the models that the filter leaves, in the table's order
  let all = false; // whether every row is shown
  let entries = new Map(); // model -> {model, row, rank, mark}, of the chosen league, tasks and numbers

  const league = () => data.leagues[state.league];
  const metrics = () => ({ both: ["score", "gap"], lean: ["lean", "k"] })[state.metric] ?? [state.metric];
  const numbers = (model, metric, column) => model[metric][column];

  function element(name, attributes = {}, text = null) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== null) made.textContent = text;
    return made;
  }

  function drawn(name, attributes, text = null) {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== null) made.textContent = text;
    return made;
  }

  const fixed = (value) => value.toFixed(3);
  const written = { lean: (value) => (value > 0 ? "+" : "") + fixed(value), k: (value) => value.toFixed(2) };
  const shownAs = (metric, value) => (written[metric] ?? fixed)(value);

  // Columns of the table: the chosen one, and if that is a mean, each of its tasks.
  function columnsShown() {
    const columns = league().columns;
    const chosen = columns[state.column];
    const within = columns
      .map((column, place) => place)
      .filter((place) => columns[place].tasks.length === 1 && chosen.tasks.includes(columns[place].tasks[0]));
    if (chosen.tasks.length === 1) return [state.column];
    // A mean of directions says nothing.
    return state.metric === "lean" ? within : [state.column, ...within];
  }

  function ranks(cell) {
    if (!cell || !cell[BEST]) return "–";
    return cell[BEST] === cell[WORST] ? String(cell[BEST]) : `${cell[BEST]}–${cell[WORST]}`;
  }

  function fillTasks() {
    const select = byId("tasks");
    const groups = { "Together": [], "One task": [] };
    league().columns.forEach((column, place) => {
      groups[column.tasks.length > 1 ? "Together" : "One task"].push([column, place]);
    });
    select.replaceChildren();
    for (const [name, members] of Object.entries(groups)) {
      if (!members.length) continue;
      const group = element("optgroup", { label: name });
      for (const [column, place] of members) group.append(element("option", { value: place }, column.label));
      select.append(group);
    }
    select.value = String(state.column);
  }

  function heading(metric, column, label, title) {
    const { sort } = state;
    const current = sort.metric === metric && sort.column === column;
    const cell = element("th", { scope: "col", "aria-sort": current ? (sort.down ? "descending" : "ascending") : "none" });
    const button = element("button", { type: "button", title });
    button.append(label, element("span", { "aria-hidden": "true" }, current ? (sort.down ? " ▼" : " ▲") : ""));
    button.addEventListener("click", () => {
      // A first press puts the best on top.
      const down = current ? !sort.down : !["gap", "name"].includes(metric);
      state.sort = { metric, column, down };
      buildTable();
      byId("board").querySelector(`[data-key="${metric}-${column}"] button`).focus();
    });
    cell.dataset.key = `${metric}-${column}`;
    if (current) cell.classList.add("sorted");
    cell.append(button);
    return cell;
  }

  // The sorted column is shaded by its <col>, so that sorting leaves the cells alone.
  function buildColumns() {
    const { sort } = state;
    const group = element("colgroup");
    group.append(element("col"), element("col"));
    for (const column of columnsShown()) {
      for (const metric of metrics()) {
        const current = sort.metric === metric && sort.column === column;
        group.append(element("col", current ? { class: "sorted" } : {}));
      }
    }
    byId("board").querySelector("colgroup")?.remove();
    byId("board").tHead.before(group);
  }

  function buildHead() {
    const top = element("tr");
    const bottom = element("tr");
    top.append(element("td", { class: "group" }), element("td", { class: "group" }));
    bottom.append(heading("name", -1, "model", "Sort by name"));
    bottom.append(element("th", { scope: "col", title: "The ranks that the differences between models allow" }));
    bottom.lastChild.append(element("span", { class: "plain" }, "rank"));
    for (const column of columnsShown()) {
      const { label, note } = league().columns[column];
      top.append(element("th", { class: "group", scope: "colgroup", colspan: metrics().length, title: note }, label));
      metrics().forEach((metric, rank) => {
        const cell = heading(metric, column, metric, `Sort by ${metric}: ${note}`);
        if (!rank) cell.classList.add("first");
        bottom.append(cell);
      });
    }
    byId("board").tHead.replaceChildren(top, bottom);
  }

  function says(cell, column) {
    const { lean } = league().columns[column];
    if (!cell[IS_GAP]) return "not told from 0";
    return cell[VALUE] > 0 ? lean.above : lean.below;
  }

  function numberCell(cell, metric, column) {
    const made = element("td");
    if (!cell) {
      made.textContent = "–";
      return made;
    }
    const faint = metric !== "score" && !cell[IS_GAP];
    const value = shownAs(metric, cell[VALUE]);
    made.append(faint ? element("span", { class: "faint" }, value) : value);
    const [low, high] = [cell[LOW], cell[HIGH]].map((end) => end !== null && shownAs(metric, end));
    const to = metric === "lean" ? " to " : "–";
    made.append(element("span", { class: "interval" }, low === false ? "no interval" : `${low}${to}${high}`));
    if (metric === "lean") made.title = says(cell, column);
    else if (metric === "k") made.title = "times as much as the placebo" + (faint ? "; not told from 1" : "");
    else made.title = `${ranks(cell)} of ${league().models.length}` + (faint ? "; not told apart from no gap" : "");
    return made;
  }

  function compare(first, second) {
    const { metric, column, down } = state.sort;
    if (metric === "name") {
      const order = first.label.localeCompare(second.label);
      return down ? -order : order;
    }
    const [one, other] = [numbers(first, metric, column), numbers(second, metric, column)];
    // Models without a value stand last, whichever way.
    if (!one || !other) return (one ? -1 : 0) + (other ? 1 : 0) || first.label.localeCompare(second.label);
    return (down ? other[VALUE] - one[VALUE] : one[VALUE] - other[VALUE]) || first.label.localeCompare(second.label);
  }

  function entryOf(model) {
    if (entries.has(model)) return entries.get(model);
    const row = element("tr");
    const name = element("th", { scope: "row" });
    name.append(element("a", { href: model.page, title: model.name }, model.label));
    const rank = element("td");
    row.append(name, rank);
    for (const place of columnsShown()) {
      metrics().forEach((metric, number) => {
        const cell = numberCell(numbers(model, metric, place), metric, place);
        if (!number) cell.classList.add("first");
        row.append(cell);
      });
    }
    const entry = { model, row, rank, mark: null };
    for (const [start, end] of [["mouseenter", "mouseleave"], ["focusin", "focusout"]]) {
      row.addEventListener(start, () => light(entry, true));
      row.addEventListener(end, () => light(entry, false));
    }
    entries.set(model, entry);
    return entry;
  }

  function buildBody() {
    const wanted = state.filter.toLowerCase();
    const isThere = (model) => columnsShown().some((place) => numbers(model, "score", place));
    const models = league().models.filter((model) => model.name.toLowerCase().includes(wanted) && isThere(model));
    const { metric, column } = state.sort;
    shown = models.sort(compare).map(entryOf);
    const rows = all ? shown : shown.slice(0, FIRST);
    for (const entry of rows) {
      entry.rank.textContent = metric === "name" ? "" : ranks(numbers(entry.model, metric, column));
    }
    byId("board").tBodies[0].replaceChildren(...rows.map((entry) => entry.row));
    byId("more").hidden = rows.length === shown.length;
    byId("more").textContent = `Show all ${shown.length} models`;
  }

  function buildStatus() {
    const { metric, column, down } = state.sort;
    const by = metric === "name" ? "name" : `${metric} of ${league().columns[column].label}`;
    byId("status").textContent =
      `${shown.length} of ${league().models.length} models, sorted by ${by}, ${down ? "largest" : "smallest"} first.` +
      (metric === "name" || state.metric === "lean" ? "" : ` Ranks are by the same.`);
    byId("caption").textContent = `${league().title}. Below each value its 95 % interval.`;
    buildDirections();
    byId("remark").textContent = league().remark;
    byId("remark").hidden = !league().remark;
  }

  // What above and below 0 say, of each task whose lean is shown.
  function buildDirections() {
    const list = byId("directions");
    list.hidden = state.metric !== "lean";
    const columns = list.hidden ? [] : columnsShown().map((place) => league().columns[place]);
    const tasks = new Map(); // by what their directions say
    for (const { label, lean } of columns) {
      if (!lean) continue;
      const says = `above 0: ${lean.above}; below: ${lean.below}`;
      tasks.set(says, [...(tasks.get(says) ?? []), label]);
    }
    const lines = [...tasks].map(([says, labels]) => {
      const line = element("li");
      line.append(element("strong", {}, labels.join(", ")), ` ${says}`);
      return line;
    });
    list.replaceChildren(...lines);
  }

  function light(entry, on) {
    entry.row.classList.toggle("lit", on);
    if (entry.mark) {
      entry.mark.classList.toggle("lit", on);
      if (on) entry.mark.parentNode.append(entry.mark);
    }
  }

  function buildScatter() {
    const svg = byId("scatter");
    // Drawn in the width that there is, so that its letters keep their size on a phone.
    const width = Math.min(760, Math.max(280, svg.parentNode.clientWidth));
    const height = Math.round(Math.max(300, width * 0.55));
    const [left, right, top, bottom] = [64, width - 16, 14, height - 56];
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const points = shown
      .map((entry) => [entry, numbers(entry.model, "score", state.column), numbers(entry.model, "gap", state.column)])
      .filter(([, score, gap]) => score && gap);
    const highest = Math.max(0.1, ...points.map(([, , gap]) => Math.min(1, gap[HIGH] ?? gap[VALUE])));
    const most = points.length > MANY ? Math.max(0.1, ...points.map(([, , gap]) => gap[VALUE])) : highest;
    const limit = Math.min(1, Math.ceil(most * 10.5) / 10);
    const x = (score) => left + score * (right - left);
    const y = (gap) => bottom - (Math.min(gap, limit) / limit) * (bottom - top);
    svg.replaceChildren();
    svg.classList.toggle("many", points.length > MANY);
    for (let tick = 0; tick <= 10; tick += 2) {
      svg.append(drawn("line", { class: "grid", x1: x(tick / 10), x2: x(tick / 10), y1: top, y2: bottom }));
      svg.append(drawn("text", { x: x(tick / 10), y: bottom + 20, "text-anchor": "middle" }, (tick / 10).toFixed(1)));
      const gap = (limit * tick) / 10;
      svg.append(drawn("line", { class: "grid", x1: left, x2: right, y1: y(gap), y2: y(gap) }));
      svg.append(drawn("text", { x: left - 8, y: y(gap) + 4, "text-anchor": "end" }, gap.toFixed(2)));
    }
    svg.append(drawn("path", { class: "axis", d: `M${left},${top}V${bottom}H${right}` }));
    const label = league().columns[state.column].label;
    svg.append(drawn("text", { x: (left + right) / 2, y: bottom + 44, "text-anchor": "middle" }, `score, ${label} (higher is better)`));
    svg.append(drawn("text", { x: 16, y: (top + bottom) / 2, "text-anchor": "middle", transform: `rotate(-90 16 ${(top + bottom) / 2})` }, "gap (lower is better)"));
    for (const [entry, score, gap] of points) {
      const mark = drawn("g", {});
      if (gap[LOW] !== null) mark.append(drawn("line", { class: "reach", x1: x(score[VALUE]), x2: x(score[VALUE]), y1: y(gap[LOW]), y2: y(gap[HIGH]) }));
      if (score[LOW] !== null) mark.append(drawn("line", { class: "reach", x1: x(score[LOW]), x2: x(score[HIGH]), y1: y(gap[VALUE]), y2: y(gap[VALUE]) }));
      const point = drawn("circle", { class: gap[IS_GAP] ? "point" : "point hollow", cx: x(score[VALUE]), cy: y(gap[VALUE]), r: 4.5 });
      point.append(drawn("title", {}, `${entry.model.label}: score ${fixed(score[VALUE])}, gap ${fixed(gap[VALUE])}`));
      mark.append(point);
      mark.addEventListener("mouseenter", () => light(entry, true));
      mark.addEventListener("mouseleave", () => light(entry, false));
      point.addEventListener("click", () => {
        if (!entry.row.isConnected) showAll(true);
        entry.row.scrollIntoView({ block: "center" });
      });
      entry.mark = mark;
      svg.append(mark);
    }
  }

  function buildTable() {
    buildColumns();
    buildHead();
    buildBody();
    buildStatus();
  }

  // Sorting leaves the scatter as it is.
  function build() {
    buildTable();
    buildScatter();
  }

  function showAll(wanted) {
    all = wanted;
    buildBody();
  }

  // The sorted column stays if it is still shown.
  function keepSort() {
    const { sort } = state;
    if (sort.metric === "name") return;
    const there = columnsShown().includes(sort.column) && metrics().includes(sort.metric);
    if (!there) state.sort = { metric: metrics()[0], column: columnsShown()[0], down: metrics()[0] !== "gap" };
  }

  // A league opens with the column in which most is ranked.
  function openLeague(place) {
    state.league = place;
    entries = new Map();
    state.column = league().first;
    state.sort = { metric: metrics()[0], column: columnsShown()[0], down: metrics()[0] !== "gap" };
    for (const found of document.querySelectorAll(".findings")) found.hidden = found.dataset.league !== String(place);
    fillTasks();
    build();
  }

  byId("league").addEventListener("change", (event) => openLeague(Number(event.target.value)));
  byId("tasks").addEventListener("change", (event) => {
    state.column = Number(event.target.value);
    entries = new Map();
    keepSort();
    build();
  });
  byId("metric").addEventListener("change", (event) => {
    state.metric = event.target.value;
    entries = new Map();
    keepSort();
    build();
  });
  byId("filter").addEventListener("input", (event) => {
    state.filter = event.target.value;
    build();
  });
  byId("more").addEventListener("click", () => {
    const next = byId("board").tBodies[0].lastChild;
    showAll(true);
    next.nextSibling.querySelector("a").focus();
  });
  window.addEventListener("resize", buildScatter);
  window.addEventListener("beforeprint", () => showAll(true));
  openLeague(0);
})();

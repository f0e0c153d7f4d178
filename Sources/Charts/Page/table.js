"use strict";
// Sorts tables by a click on a header and filters long ones. Without this script pages read as well.
(() => {
  const key = (row, column) => {
    const cell = row.cells[column];
    if (!cell) return { text: "", number: NaN };
    const value = cell.dataset.value;
    const text = value === undefined ? cell.textContent.trim() : value;
    return { text, number: text === "" ? NaN : Number(text) };
  };

  // Numbers before words, and what is empty at the end, whichever way is up.
  const compare = (left, right, sign) => {
    const [hasLeft, hasRight] = [!Number.isNaN(left.number), !Number.isNaN(right.number)];
    if (hasLeft && hasRight) return sign * (left.number - right.number);
    if (hasLeft !== hasRight) return hasLeft ? -1 : 1;
    if (!left.text !== !right.text) return left.text ? -1 : 1;
    return sign * left.text.localeCompare(right.text, undefined, { numeric: true });
  };

  const makeSortable = (table) => {
    const body = table.tBodies[0];
    if (!body || !table.tHead) return;
    const headers = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
    headers.forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => {
        const isNumber = header.classList.contains("number");
        const sorted = header.getAttribute("aria-sort");
        const next = sorted ? (sorted === "ascending" ? "descending" : "ascending")
          : isNumber ? "descending" : "ascending";
        headers.forEach((other) => other.removeAttribute("aria-sort"));
        header.setAttribute("aria-sort", next);
        const sign = next === "ascending" ? 1 : -1;
        const rows = [...body.rows].map((row) => ({ row, key: key(row, column) }));
        rows.sort((left, right) => compare(left.key, right.key, sign));
        body.append(...rows.map((entry) => entry.row));
      });
    });
  };

  const makeFilter = (table) => {
    const body = table.tBodies[0];
    if (!body) return;
    const field = document.createElement("input");
    field.type = "search";
    const label = document.createElement("label");
    label.append(table.dataset.filter, " ", field);
    const count = document.createElement("span");
    count.className = "quiet";
    count.setAttribute("role", "status");
    const box = document.createElement("div");
    box.className = "filter";
    box.append(label, count);
    (table.closest(".table-box") || table).before(box);
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of body.rows) {
        const text = row.textContent.toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        if (!row.hidden) shown += 1;
      }
      count.textContent = words.length ? `${shown} of ${body.rows.length}` : "";
    });
  };

  document.querySelectorAll("table.sortable").forEach(makeSortable);
  document.querySelectorAll("table[data-filter]").forEach(makeFilter);
})();

// Comfort only: sorting and filtering of tables, and opening what a link points to. The page is complete without it.
"use strict";

const keyOf = (row, index, numeric) => {
  const cell = row.cells[index];
  const data = cell.querySelector("data");
  const text = cell.textContent.trim();
  if (!numeric) return text.toLocaleLowerCase();
  const value = data ? Number(data.value) : Number.parseFloat(text.replace(/,/g, ""));
  return Number.isNaN(value) ? null : value;
};

const compare = (a, b) => (a === null) - (b === null) || (a === null ? 0 : a < b ? -1 : a > b ? 1 : 0);

const sortBy = (table, heading, index) => {
  const falling = heading.getAttribute("aria-sort") === "ascending";
  const numeric = heading.classList.contains("n");
  const body = table.tBodies[0];
  const keyed = [...body.rows].map((row) => [keyOf(row, index, numeric), row]);
  keyed.sort(([a], [b]) => (a === null || b === null ? compare(a, b) : falling ? compare(b, a) : compare(a, b)));
  body.append(...keyed.map(([, row]) => row));
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  heading.setAttribute("aria-sort", falling ? "descending" : "ascending");
};

const makeSortable = (table) => {
  if (table.tBodies[0].rows.length < 2) return;
  [...table.tHead.rows[0].cells].forEach((heading, index) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => sortBy(table, heading, index));
    heading.append(button);
  });
};

const makeSearchable = (table) => {
  const input = document.createElement("input");
  const region = table.parentElement;
  const shown = document.createElement("output");
  input.type = "search";
  input.placeholder = "Filter rows";
  input.setAttribute("aria-label", `Filter rows of: ${table.caption.textContent}`);
  const rows = [...table.tBodies[0].rows];
  const texts = rows.map((row) => row.textContent.toLocaleLowerCase());
  input.addEventListener("input", () => {
    const wanted = input.value.toLocaleLowerCase();
    let count = 0;
    rows.forEach((row, index) => {
      row.hidden = !texts[index].includes(wanted);
      count += !row.hidden;
    });
    shown.value = wanted ? `${count} of ${rows.length}` : "";
  });
  const bar = document.createElement("p");
  bar.className = "search";
  bar.append(input, " ", shown);
  region.before(bar);
};

const openTarget = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const details = target && target.closest("details");
  if (!details) return;
  details.open = true;
  details.scrollIntoView();
};

for (const table of document.querySelectorAll("table")) makeSortable(table);
for (const table of document.querySelectorAll("table[data-search]")) makeSearchable(table);
addEventListener("hashchange", openTarget);
openTarget();
if (matchMedia("(max-width: 70rem)").matches) document.querySelector("nav details").open = false;

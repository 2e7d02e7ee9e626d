"use strict";
// Shows only the promises that hold every word of the field. The page is whole without it.
const words = document.getElementById("words");
const rows = [...document.querySelectorAll("table.promises tbody tr")];

function show() {
  const wanted = words.value.toLowerCase().split(/\s+/);
  let count = 0;
  for (const row of rows) {
    const told = row.textContent.toLowerCase();
    row.hidden = !wanted.every((word) => told.includes(word));
    count += row.hidden ? 0 : 1;
  }
  for (const suite of document.querySelectorAll("section.suite")) {
    suite.hidden = !suite.querySelector("tbody tr:not([hidden])");
  }
  document.getElementById("found").value = `${count} of ${rows.length}`;
}

words.addEventListener("input", show);
document.getElementById("filter").hidden = false;
show();

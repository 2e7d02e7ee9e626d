"use strict";
// Shows only the requirements that contain every word in the filter field. The page works without it.
const words = document.getElementById("words");
const rows = [...document.querySelectorAll("table.requirements tbody tr")];

function show() {
  const wanted = words.value.toLowerCase().split(/\s+/);
  let count = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !wanted.every((word) => text.includes(word));
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

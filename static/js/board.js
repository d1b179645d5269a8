/* The board of beds by keyboard: arrow keys go to the next cell of the row, or to the bed above and below at the same
   day. Without this script every cell is still a link in the order of the page. */
(function () {
  "use strict";
  var board = document.querySelector("[data-board]");
  if (!board) return;
  var rtl = document.documentElement.dir === "rtl";

  function middle(cell) {
    var box = cell.getBoundingClientRect();
    return (box.left + box.right) / 2;
  }

  function beside(cell, step) {
    var next = cell;
    do { next = step > 0 ? next.nextElementSibling : next.previousElementSibling; } while (next && !next.querySelector("a"));
    return next;
  }

  function across(cell, step) {
    var rows = Array.prototype.slice.call(board.rows);
    var at = rows.indexOf(cell.parentElement);
    var where = middle(cell);
    for (at += step; at >= 0 && at < rows.length; at += step) {
      var cells = rows[at].querySelectorAll("td");
      for (var n = 0; n < cells.length; n += 1) {
        var box = cells[n].getBoundingClientRect();
        if (box.left <= where && where <= box.right) return cells[n];
      }
    }
    return null;
  }

  board.addEventListener("keydown", function (event) {
    var cell = event.target.closest("td");
    if (!cell || event.ctrlKey || event.metaKey || event.altKey) return;
    var forward = rtl ? "ArrowLeft" : "ArrowRight";
    var next = null;
    if (event.key === "ArrowUp") next = across(cell, -1);
    else if (event.key === "ArrowDown") next = across(cell, 1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") next = beside(cell, event.key === forward ? 1 : -1);
    else return;
    event.preventDefault();
    if (next && next.querySelector("a")) next.querySelector("a").focus();
  });
})();

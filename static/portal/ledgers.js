// The ledger's preview checks each change at once. An answer that comes back while somebody is typing would take the
// words away: it is left out, because leaving the field sends everything again.
(function () {
  'use strict';
  document.addEventListener('htmx:beforeSwap', function (event) {
    var field = document.activeElement;
    if (event.detail.target.id !== 'preview' || !field || !event.detail.target.contains(field)) return;
    if ('defaultValue' in field && field.type !== 'radio' && field.value !== field.defaultValue) {
      event.detail.shouldSwap = false;
    }
  });
})();

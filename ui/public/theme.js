// Before the first paint, so that a dark page never flashes white. src/stores/settings.ts owns the value.
;(function () {
  var theme = null
  try {
    theme = localStorage.getItem('cang.theme')
  } catch {
    // Storage is off: follow the system.
  }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', dark)
})()

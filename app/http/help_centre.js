// "/" goes to the search, and "Chat with us" opens the chat here instead of on a page of its own.
addEventListener("keydown", event => {
  const typing = /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return
  const search = document.getElementById("q")
  if (!search) return
  event.preventDefault()
  search.focus()
  search.select()
})
addEventListener("click", event => {
  if (!event.target.closest("[data-chat]") || !window.Parley) return
  event.preventDefault()
  window.Parley.open()
})

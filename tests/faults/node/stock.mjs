/** The stock socket.io-client, told what to emit line by line on stdin and telling on stdout what came. */

import { createInterface } from "node:readline"
import { io } from "socket.io-client"

const { url, namespace, auth, headers } = JSON.parse(process.argv[2])
const tell = what => process.stdout.write(`${JSON.stringify(what)}\n`)
const socket = io(url + namespace, {
  transports: ["websocket"],
  auth,
  extraHeaders: headers,
  reconnectionDelay: 50,
  reconnectionDelayMax: 200,
})

socket.on("connect", () => tell({ online: true }))
socket.on("disconnect", reason => tell({ offline: reason }))
socket.on("connect_error", error => tell({ refused: error.message }))
socket.on("event", event => tell({ event }))

createInterface({ input: process.stdin }).on("line", line => {
  const order = JSON.parse(line)
  if (order.bytes) socket.emit("command", Buffer.alloc(order.bytes), () => tell({ reply: null }))
  else socket.timeout(10_000).emit("command", order, (error, reply) => tell({ reply: error ? null : reply }))
})

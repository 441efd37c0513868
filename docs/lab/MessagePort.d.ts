/** In Node, ports are handles; the library asks whether these are. */
interface MessagePort {
  ref?: () => void
  unref?: () => void
}

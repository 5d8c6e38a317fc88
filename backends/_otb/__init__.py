"""What the backends that use Orfeo ToolBox share, and their sessions."""

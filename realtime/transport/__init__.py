"""Code that sits on the inside of uvicorn, websockets, python-engineio and python-socketio; README.md says where, and how to
upgrade.
"""

"""Lets SQLite's own file layer (VFS) tell a recorder what it writes, cuts, syncs and deletes.

The default VFS is changed in place, so every connection of the process goes through it, the product's own among them;
nothing of the product knows. Each call is carried out first, by the code that was there, and then recorded: what is in
the record before a sync was done before it.

https://www.sqlite.org/c3ref/vfs.html, https://www.sqlite.org/c3ref/io_methods.html
"""

from __future__ import annotations

import _sqlite3
import atexit
import ctypes
import os
from ctypes import CFUNCTYPE, POINTER, Structure, c_char_p, c_int, c_int64, c_void_p
from typing import Any

from backend_service.chaos.recorded_writes import Deed, Recorder
from core.refusals import Fault

_OK = 0

_Open = CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_Delete = CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_Close = CFUNCTYPE(c_int, c_void_p)
_Write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = CFUNCTYPE(c_int, c_void_p, c_int)


type _CallsFile = Any
"""A C function; ctypes has no public name for the type of one."""


class _Vfs(Structure):
    """The head of ``sqlite3_vfs``, as far as it is changed."""

    _fields_ = (
        ("version", c_int),
        ("file_bytes", c_int),
        ("longest_path", c_int),
        ("following", c_void_p),
        ("name", c_char_p),
        ("own", c_void_p),
        ("open", _Open),
        ("delete", _Delete),
    )


class _Methods(Structure):
    """``sqlite3_io_methods``; what is not changed is only carried along."""

    _fields_ = (
        ("version", c_int),
        ("close", _Close),
        ("read", c_void_p),
        ("write", _Write),
        ("truncate", _Truncate),
        ("sync", _Sync),
        ("rest", c_void_p * 13),
    )


class RecordingVfs:
    """Stands between SQLite and its default VFS from `install` on, for the life of the process."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._paths: dict[int, str] = {}
        self._methods: dict[int, _Methods] = {}
        self._kept: list[object] = []  # what SQLite points to must not be collected

    def install(self) -> None:
        """Begin to record.

        Raises
        ------
        Fault
            ``chaos.no_vfs`` where SQLite is built so that its VFS cannot be found.
        """
        try:
            find = ctypes.CDLL(_sqlite3.__file__).sqlite3_vfs_find
        except (AttributeError, OSError) as error:
            raise Fault("chaos.no_vfs", f"This Python's SQLite does not show its VFS ({error}).") from error
        find.restype, find.argtypes = POINTER(_Vfs), (c_char_p,)
        vfs = find(None).contents
        was_open, was_delete = _Open(_address(vfs.open)), _Delete(_address(vfs.delete))

        def open_file(own: int, name: int | None, file: int, flags: int, told: int) -> int:
            result: int = was_open(own, name, file, flags, told)
            if result == _OK and name:
                self._paths[file] = os.fsdecode(ctypes.string_at(name))
                place = c_void_p.from_address(file)
                if place.value is not None:
                    place.value = ctypes.addressof(self._recording(place.value))
            return result

        def delete(own: int, name: bytes, must_sync: int) -> int:
            result: int = was_delete(own, name, must_sync)
            if result == _OK:
                self._recorder.note(Deed.DELETE, os.fsdecode(name))
            return result

        made_open, made_delete = _Open(open_file), _Delete(delete)
        vfs.open, vfs.delete = made_open, made_delete
        self._kept += [was_open, was_delete, made_open, made_delete]
        atexit.register(self._remove, vfs, was_open, was_delete)

    def _remove(self, vfs: _Vfs, was_open: _CallsFile, was_delete: _CallsFile) -> None:
        """Call nothing of Python any more: files may be closed after the interpreter has taken itself apart."""
        vfs.open, vfs.delete = was_open, was_delete
        for address, methods in self._methods.items():
            ctypes.memmove(ctypes.addressof(methods), address, ctypes.sizeof(_Methods))
        ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._methods))  # open files point to them to the very end

    def _recording(self, address: int) -> _Methods:
        """Return the methods at an address with those changed that write."""
        if address not in self._methods:
            was = _Methods.from_address(address)
            methods = _Methods.from_buffer_copy(was)
            methods.close = self._close_by(_Close(_address(was.close)))
            methods.write = self._write_by(_Write(_address(was.write)))
            methods.truncate = self._truncate_by(_Truncate(_address(was.truncate)))
            methods.sync = self._sync_by(_Sync(_address(was.sync)))
            self._methods[address] = methods
        return self._methods[address]

    def _close_by(self, was: _CallsFile) -> _CallsFile:
        def close(file: int) -> int:
            self._paths.pop(file, None)
            return int(was(file))

        return self._keep(_Close(close), was)

    def _write_by(self, was: _CallsFile) -> _CallsFile:
        def write(file: int, content: int, length: int, offset: int) -> int:
            result = int(was(file, content, length, offset))
            if result == _OK and file in self._paths:
                self._recorder.note(Deed.WRITE, self._paths[file], offset, ctypes.string_at(content, length))
            return result

        return self._keep(_Write(write), was)

    def _truncate_by(self, was: _CallsFile) -> _CallsFile:
        def truncate(file: int, size: int) -> int:
            result = int(was(file, size))
            if result == _OK and file in self._paths:
                self._recorder.note(Deed.TRUNCATE, self._paths[file], size)
            return result

        return self._keep(_Truncate(truncate), was)

    def _sync_by(self, was: _CallsFile) -> _CallsFile:
        def sync(file: int, flags: int) -> int:
            result = int(was(file, flags))
            if result == _OK and file in self._paths:
                self._recorder.note(Deed.SYNC, self._paths[file])
            return result

        return self._keep(_Sync(sync), was)

    def _keep(self, made: _CallsFile, was: _CallsFile) -> _CallsFile:
        self._kept += [made, was]
        return made


def _address(function: _CallsFile) -> int:
    address = ctypes.cast(function, c_void_p).value
    assert address is not None, "a VFS has every method that is changed"
    return address

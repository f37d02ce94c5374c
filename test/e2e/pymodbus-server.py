"""A Modbus TCP device that shares no code with holdfast.

Prints its port, then answers each line "show" with what the client has written so far, read by
pymodbus' own decoder. Ends with its standard input, or after two minutes.
"""

import asyncio
import json
import logging
import signal
import sys

from pymodbus.constants import Endian
from pymodbus.datastore import ModbusServerContext, ModbusSlaveContext, ModbusSparseDataBlock
from pymodbus.payload import BinaryPayloadBuilder, BinaryPayloadDecoder
from pymodbus.server.async_io import ModbusTcpServer

UNIT = 7


def words(word_order, kind, value):
    builder = BinaryPayloadBuilder(byteorder=Endian.Big, wordorder=word_order)
    getattr(builder, "add_" + kind)(value)
    return builder.to_registers()


def block(**at):
    values = {}
    for name, some in at.items():
        for offset, word in enumerate(some):
            values[int(name[1:]) + offset] = word
    return ModbusSparseDataBlock(values)


slave = ModbusSlaveContext(
    zero_mode=True,
    di=block(_3=[True, False]),
    co=block(_0=[False, True]),
    ir=block(
        _0=[0xFFD6],
        _1=[65000],
        _2=words(Endian.Big, "32bit_float", -18.375),
        _4=words(Endian.Little, "32bit_float", 1234.5),
        _6=words(Endian.Big, "32bit_int", -70000),
        _8=words(Endian.Little, "32bit_uint", 4000000000),
        _12=words(Endian.Big, "32bit_float", float("nan")),
    ),
    hr=block(_100=[0], _110=[0, 0], _120=[0, 0], _130=[0, 0]),
)


def decode(address, word_order, kind):
    registers = slave.getValues(3, address, 2)
    decoder = BinaryPayloadDecoder.fromRegisters(
        registers, byteorder=Endian.Big, wordorder=word_order
    )
    return getattr(decoder, "decode_" + kind)()


def shown():
    return {
        "coil": bool(slave.getValues(1, 0, 1)[0]),
        "word": slave.getValues(3, 100, 1)[0],
        "big-float": decode(110, Endian.Big, "32bit_float"),
        "little-float": decode(120, Endian.Little, "32bit_float"),
        "little-int": decode(130, Endian.Little, "32bit_int"),
    }


def say(value):
    print(json.dumps(value), flush=True)


async def main():
    context = ModbusServerContext(slaves={UNIT: slave}, single=False)
    server = ModbusTcpServer(context, address=("127.0.0.1", 0))
    serving = asyncio.ensure_future(server.serve_forever())
    await server.serving
    say({"port": server.server.sockets[0].getsockname()[1]})
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        say(shown())
    serving.cancel()


# It would log each refusal that the test is about.
logging.getLogger("pymodbus").setLevel(logging.CRITICAL + 1)
signal.alarm(120)
asyncio.run(main())

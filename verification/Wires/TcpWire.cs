using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace OrleansChat.Verification.Wires;

/// <summary>
/// One TCP connection. It takes replies from the socket only when asked for them, so that a slow client is slow for the service
/// too.
/// </summary>
internal sealed class TcpWire(Socket socket) : IWire
{
    private const int InitialBuffer = 4096, TcpInfo = 11, UnacknowledgedOffset = 24, SocketLevel = 1, AttachFilter = 26;

    private static ReadOnlySpan<byte> EndOfReply => "\r\n\r\n"u8;

    private byte[] _buffer = new byte[InitialBuffer];
    private int _start, _scanned, _end;

    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes)..];
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            throw Broken(exception);
        }
    }

    public async Task<string?> ReadReplyAsync()
    {
        while (true)
        {
            var found = _buffer.AsSpan(_scanned, _end - _scanned).IndexOf(EndOfReply);
            if (found >= 0) return Take(_scanned + found);
            _scanned = Math.Max(_start, _end - EndOfReply.Length + 1);
            MakeRoom();
            int count;
            try
            {
                count = await socket.ReceiveAsync(_buffer.AsMemory(_end));
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                throw Broken(exception);
            }
            if (count > 0)
            {
                _end += count;
                continue;
            }
            var isWhole = _start == _end;
            Reset();
            return isWhole ? null : throw new WireBrokenException("the connection ended in the middle of a reply");
        }
    }

    public void EndWriting()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The connection is already broken: reading will report that.
        }
    }

    /// <inheritdoc/>
    /// <remarks>Not <see cref="Socket.Dispose()"/>: with a reply awaited, it would end the connection in order before the reset.</remarks>
    public void Reset() => socket.Close(timeout: 0);

    /// <inheritdoc/>
    /// <remarks>
    /// On Linux a socket filter drops everything that arrives before TCP sees it: so nothing is acknowledged and, because nothing of ours
    /// is on its way, nothing is sent. The socket stays open until the program ends.
    /// </remarks>
    public void Vanish()
    {
        try
        {
            if (OperatingSystem.IsLinux() && !HasUnacknowledged())
            {
                DropWhatArrives();
                return;
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The connection broke meanwhile.
        }
        Reset();
    }

    private bool HasUnacknowledged()
    {
        Span<byte> info = stackalloc byte[UnacknowledgedOffset + sizeof(uint)];
        return socket.GetRawSocketOption((int)ProtocolType.Tcp, TcpInfo, info) < info.Length
            || BinaryPrimitives.ReadUInt32LittleEndian(info[UnacknowledgedOffset..]) > 0;
    }

    private unsafe void DropWhatArrives()
    {
        // struct sock_filter: "return 0", which keeps no bytes.
        Span<byte> program = [0x06, 0, 0, 0, 0, 0, 0, 0];
        fixed (byte* instructions = program)
        {
            // struct sock_fprog: the number of instructions, and their address.
            Span<byte> filter = stackalloc byte[2 * sizeof(nint)];
            filter.Clear();
            BitConverter.TryWriteBytes(filter, (ushort)1);
            BitConverter.TryWriteBytes(filter[sizeof(nint)..], (nint)instructions);
            socket.SetRawSocketOption(SocketLevel, AttachFilter, filter);
        }
        Vanished.Keep(socket);
    }

    private string Take(int endOfText)
    {
        var reply = Encoding.UTF8.GetString(_buffer, _start, endOfText - _start);
        _start = _scanned = endOfText + EndOfReply.Length;
        if (_start == _end) _start = _scanned = _end = 0;
        return reply;
    }

    private void MakeRoom()
    {
        if (_end < _buffer.Length) return;
        // Consumed bytes make room; a reply that fills the whole buffer gets a larger one.
        var target = _start > _buffer.Length / 2 ? _buffer : new byte[_buffer.Length * 2];
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        (_buffer, _scanned, _end, _start) = (target, _scanned - _start, _end - _start, 0);
    }

    private WireBrokenException Broken(Exception exception)
    {
        Reset();
        return new WireBrokenException(
            $"the connection broke: {(exception as SocketException)?.SocketErrorCode ?? SocketError.OperationAborted}", exception);
    }

    /// <summary>Holds the sockets that fell silent: the garbage collector would close them.</summary>
    private static class Vanished
    {
        private static readonly List<Socket> Sockets = [];

        public static void Keep(Socket socket)
        {
            lock (Sockets) Sockets.Add(socket);
        }
    }
}

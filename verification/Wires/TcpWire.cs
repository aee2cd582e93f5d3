using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace OrleansChat.Verification.Wires;

/// <summary>
/// One TCP connection. Replies are taken from the socket when they are asked for, so that a client that is slow is slow
/// for the service too.
/// </summary>
internal sealed class TcpWire(Socket socket) : IWire
{
    private const int InitialBuffer = 4096, TcpInfo = 11, UnacknowledgedOffset = 24, SocketLevel = 1, AttachFilter = 26;

    private static ReadOnlySpan<byte> EndOfReply => "\r\n\r\n"u8;

    private byte[] _buffer = new byte[InitialBuffer];
    private int _start, _scanned, _end;

    /// <inheritdoc/>
    public async Task WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (bytes.Length > 0) bytes = bytes[await socket.SendAsync(bytes)..];
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw Broken(e);
        }
    }

    /// <inheritdoc/>
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
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                throw Broken(e);
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

    /// <inheritdoc/>
    public void EndWriting()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It is broken already: reading will say so.
        }
    }

    /// <inheritdoc/>
    /// <remarks>Not <see cref="Socket.Dispose()"/>: with a reply awaited, it would end the connection in order before the reset.</remarks>
    public void Reset() => socket.Close(timeout: 0);

    /// <inheritdoc/>
    /// <remarks>
    /// On Linux a socket filter drops whatever arrives before TCP sees it: nothing is acknowledged, and as nothing of ours
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
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It broke meanwhile.
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
        // struct sock_filter: "return 0", i.e. keep no byte.
        Span<byte> program = [0x06, 0, 0, 0, 0, 0, 0, 0];
        fixed (byte* instructions = program)
        {
            // struct sock_fprog: how many instructions, and where they are.
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
        // What was taken makes room; a reply that fills all of the buffer gets a greater one.
        var target = _start > _buffer.Length / 2 ? _buffer : new byte[_buffer.Length * 2];
        _buffer.AsSpan(_start, _end - _start).CopyTo(target);
        (_buffer, _scanned, _end, _start) = (target, _scanned - _start, _end - _start, 0);
    }

    private WireBrokenException Broken(Exception e)
    {
        Reset();
        return new WireBrokenException(
            $"the connection broke: {(e as SocketException)?.SocketErrorCode ?? SocketError.OperationAborted}", e);
    }

    /// <summary>Holds the sockets that fell silent: a collected one would be closed.</summary>
    private static class Vanished
    {
        private static readonly List<Socket> Sockets = [];

        public static void Keep(Socket socket)
        {
            lock (Sockets) Sockets.Add(socket);
        }
    }
}

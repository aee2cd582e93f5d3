using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Transport;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>The open connections of this process, in all and by address, and who makes room when there are too many. Thread-safe.</summary>
internal sealed partial class Connections(
    LimitOptions options, ProxyOptions proxies, LimitMetrics metrics, TimeProvider time, ILogger<Connections> logger)
{
    /// <summary>
    /// Beyond this many addresses, new ones share one budget, so that an attacker cannot grow the table without end.
    /// </summary>
    internal const int MaxAddresses = 100_000;

    /// <summary>How many connections of one user are protected from eviction.</summary>
    internal const int MaxOfUser = 20;

    private const string Others = "others";

    /// <summary>An address whose debt takes longer than this to pay gets no further connection.</summary>
    private static readonly TimeSpan LongestDebt = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ClientAddress> _addresses = [];
    private readonly HashSet<ClientConnection> _all = [];

    // The connections that may be evicted, oldest first: without a session, or with one of a user who has many.
    private readonly LinkedList<ClientConnection> _expendable = [];
    private readonly Dictionary<string, int> _byUser = [];
    private bool _hasWarned;

    /// <summary>How many connections there may be; fewer than the options say where this process may not open as many files.</summary>
    public int Capacity { get; set; } = options.MaxConnections;

    /// <summary>Adds a new connection; false where a limit refuses it.</summary>
    /// <param name="transport">The accepted connection.</param>
    /// <param name="lines">What it costs its address, in lines.</param>
    /// <param name="connection">The connection as the limits see it.</param>
    public bool TryAdd(ConnectionContext transport, double lines, out ClientConnection connection)
    {
        ClientConnection? evicted = null;
        lock (_gate)
        {
            var name = NameOf(transport);
            var address = Find(name);
            connection = new ClientConnection(transport, name, address, this, time);
            if (address.IsLimited && address.Connections >= options.MaxConnectionsPerAddress)
                return Refused(LimitNames.AddressConnections, name);
            if (address.Charge(0) > LongestDebt) return Refused(LimitNames.ConnectionRate, name);
            address.Charge(lines);
            if (_all.Count >= Capacity)
            {
                if (_expendable.First?.Value is not { } oldest) return Refused(LimitNames.Connections, name);
                Drop(evicted = oldest);
            }
            _all.Add(connection);
            _expendable.AddLast(connection.Place);
            address.Connections++;
        }
        evicted?.Reset(metrics, LimitNames.Evicted);
        return true;

        bool Refused(string limit, string name)
        {
            metrics.Hit(limit, name);
            return false;
        }
    }

    /// <summary>Removes a connection that has ended.</summary>
    public void Remove(ClientConnection connection)
    {
        lock (_gate) Drop(connection);
    }

    /// <summary>Sets whose session a connection has now, if any: the first few connections of a user are protected from eviction.</summary>
    public void SetOwner(ClientConnection connection, string? user)
    {
        lock (_gate)
        {
            if (!_all.Contains(connection) || connection.User == user) return;
            LeaveUser(connection);
            connection.User = user;
            var count = user is null ? 0 : _byUser[user] = _byUser.GetValueOrDefault(user) + 1;
            var isExpendable = user is null || count > MaxOfUser;
            if (isExpendable && connection.Place.List is null) _expendable.AddLast(connection.Place);
            else if (!isExpendable && connection.Place.List is not null) _expendable.Remove(connection.Place);
        }
    }

    /// <summary>A copy of the open connections.</summary>
    public ClientConnection[] Snapshot()
    {
        lock (_gate) return [.. _all];
    }

    /// <summary>Forgets the addresses without connections or debts.</summary>
    public void ForgetAddresses()
    {
        lock (_gate)
        {
            foreach (var (name, address) in _addresses)
            {
                if (address.IsForgettable) _addresses.Remove(name);
            }
            if (_addresses.Count < _addresses.Capacity / 4) _addresses.TrimExcess();
        }
    }

    /// <summary>The name of the client's address; empty where a proxy does not name the client, as in its health checks.</summary>
    private string NameOf(ConnectionContext transport)
    {
        var header = transport.Features.Get<ProxyHeader>();
        var isKnown = header is null ? !proxies.BehindProxy : header.Source is not null;
        if (header is null && !isKnown) WarnOnce();
        return isKnown ? ClientAddress.NameOf(transport.RemoteEndPoint) : "";
    }

    private void WarnOnce()
    {
        if (_hasWarned) return;
        _hasWarned = true;
        LogUnknown();
    }

    private ClientAddress Find(string name)
    {
        if (_addresses.TryGetValue(name, out var address)) return address;
        if (_addresses.Count >= MaxAddresses && name.Length > 0 && name != Others) return Find(Others);
        address = new ClientAddress(options.NoLimits || name.Length == 0 ? null : options, time);
        _addresses.Add(name, address);
        return address;
    }

    private void Drop(ClientConnection connection)
    {
        if (!_all.Remove(connection)) return;
        if (connection.Place.List is not null) _expendable.Remove(connection.Place);
        LeaveUser(connection);
        connection.Address.Connections--;
    }

    private void LeaveUser(ClientConnection connection)
    {
        if (connection.User is not { } user) return;
        if (--_byUser[user] == 0) _byUser.Remove(user);
        connection.User = null;
    }

    [LoggerMessage(2205, LogLevel.Warning,
        "A connection came without a PROXY header, and --behind-proxy says that its address is a proxy's: such clients are not limited by "
        + "address, neither their logins nor their registrations. Have the proxy send PROXY headers, and name it in --trusted-proxies.")]
    private partial void LogUnknown();
}

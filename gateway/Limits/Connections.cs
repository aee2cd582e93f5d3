using Microsoft.AspNetCore.Connections;
using OrleansChat.Gateway.Options;
using OrleansChat.Gateway.Transport;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>The open connections of this process, in all and by address, and who makes room when there are too many. Thread-safe.</summary>
internal sealed class Connections(GatewayOptions options, LimitMetrics metrics, TimeProvider time)
{
    /// <summary>
    /// Of more addresses, new ones are counted together: what is remembered of addresses is the attacker's to fill.
    /// </summary>
    internal const int MaxAddresses = 100_000;

    /// <summary>Of one user, so many connections are kept when room is needed.</summary>
    internal const int MaxOfUser = 20;

    private const string Others = "others";

    /// <summary>An address that owes more gets no further connection.</summary>
    private static readonly TimeSpan LongestDebt = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ClientAddress> _addresses = [];
    private readonly HashSet<ClientConnection> _all = [];

    // Those that make room for others, oldest first: without a session, or with one of a user who has many.
    private readonly LinkedList<ClientConnection> _expendable = [];
    private readonly Dictionary<string, int> _byUser = [];

    /// <summary>How many there may be; fewer than the options say where this process may not open as many.</summary>
    public int Capacity { get; set; } = options.MaxConnections;

    /// <summary>Takes a new connection in, or says that there is no room for it.</summary>
    /// <param name="transport">The connection.</param>
    /// <param name="lines">What it costs its address, in lines.</param>
    /// <param name="connection">The connection, for the limits.</param>
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

    /// <summary>A connection has ended.</summary>
    public void Remove(ClientConnection connection)
    {
        lock (_gate) Drop(connection);
    }

    /// <summary>Whose session a connection has now, if any: the first few of a user are the last to go.</summary>
    public void Sort(ClientConnection connection, string? user)
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

    /// <summary>All of them, as of now.</summary>
    public ClientConnection[] Snapshot()
    {
        lock (_gate) return [.. _all];
    }

    /// <summary>Forgets the addresses of which there is nothing to remember.</summary>
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

    /// <summary>The address of a proxy that does not say whose connection it is, as for its health checks, is nobody's.</summary>
    private string NameOf(ConnectionContext transport)
    {
        var header = transport.Features.Get<ProxyHeader>();
        var isKnown = header is null ? !options.BehindProxy : header.Source is not null;
        return isKnown ? ClientAddress.NameOf(transport.RemoteEndPoint) : "";
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
}

using Microsoft.AspNetCore.Connections;
using OrleansChat.Gateway.Hosting;
using OrleansChat.Gateway.Proxying;
using OrleansChat.Limits;

namespace OrleansChat.Gateway.Limits;

/// <summary>The open connections of this process, in all and by address, and who makes room when there are too many. Thread-safe.</summary>
internal sealed class Connections(GatewayOptions options, LimitMetrics metrics, TimeProvider time)
{
    /// <summary>Of more addresses, those that come anew are counted together: what is remembered of addresses is the attacker's to fill.</summary>
    internal const int MaxAddresses = 100_000;

    private const string Others = "others";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ClientAddress> _addresses = [];
    private readonly HashSet<ClientConnection> _all = [];

    // Oldest first.
    private readonly LinkedList<ClientConnection> _withoutSession = [];

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _all.Count;
        }
    }

    /// <summary>Takes a new connection in, or says that there is no room for it.</summary>
    public bool TryAdd(ConnectionContext transport, out ClientConnection connection)
    {
        ClientConnection? evicted = null;
        lock (_gate)
        {
            connection = new ClientConnection(transport, Find(NameOf(transport)), this, time);
            if (!options.NoLimits && connection.Address.Name.Length > 0 && connection.Address.Connections >= options.MaxConnectionsPerAddress) return Refused(LimitNames.AddressConnections);
            if (_all.Count >= options.MaxConnections)
            {
                if (_withoutSession.First?.Value is not { } oldest) return Refused(LimitNames.Connections);
                Drop(evicted = oldest);
            }
            _all.Add(connection);
            _withoutSession.AddLast(connection.Place);
            connection.Address.Connections++;
        }
        evicted?.Reset(metrics, LimitNames.Evicted);
        return true;

        bool Refused(string limit)
        {
            metrics.Hit(limit);
            return false;
        }
    }

    /// <summary>A connection has ended.</summary>
    public void Remove(ClientConnection connection)
    {
        lock (_gate) Drop(connection);
    }

    /// <summary>Whether a connection has a session now: it is the last to go then.</summary>
    public void Sort(ClientConnection connection, bool hasSession)
    {
        lock (_gate)
        {
            if (!_all.Contains(connection) || connection.Place.List is null == hasSession) return;
            if (hasSession) _withoutSession.Remove(connection.Place);
            else _withoutSession.AddLast(connection.Place);
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
        address = new ClientAddress(name, options.NoLimits || name.Length == 0 ? null : options, time);
        _addresses.Add(name, address);
        return address;
    }

    private void Drop(ClientConnection connection)
    {
        if (!_all.Remove(connection)) return;
        if (connection.Place.List is not null) _withoutSession.Remove(connection.Place);
        connection.Address.Connections--;
    }
}

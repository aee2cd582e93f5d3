using System.Text;

namespace OrleansChat.Hosts.Tests.Contract;

/// <summary>A table of versioned states that both hosts are given, and that tests look into and spoil.</summary>
public sealed class MemoryStates
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string State, string Key), (byte[] Payload, int Version)> _rows = [];

    /// <summary>The next operation fails with this.</summary>
    public Exception? NextFailure { get; set; }

    public (byte[] Payload, int Version)? Read(string state, string key)
    {
        lock (_gate)
        {
            FailIfTold();
            return _rows.TryGetValue((state, key), out var row) ? row : null;
        }
    }

    public int? Write(string state, string key, byte[] payload, int? expected)
    {
        lock (_gate)
        {
            FailIfTold();
            var found = _rows.TryGetValue((state, key), out var row);
            if (expected != (found ? row.Version : null))
                return null;
            var version = (expected ?? 0) + 1;
            _rows[(state, key)] = (payload, version);
            return version;
        }
    }

    public bool Delete(string state, string key, int expected)
    {
        lock (_gate)
        {
            FailIfTold();
            return _rows.TryGetValue((state, key), out var row) && row.Version == expected && _rows.Remove((state, key));
        }
    }

    /// <summary>Writes as another process would, whatever the version.</summary>
    public void WriteBehindTheBack(string state, string key, string json)
    {
        lock (_gate)
        {
            var version = _rows.TryGetValue((state, key), out var row) ? row.Version + 1 : 1;
            _rows[(state, key)] = (Encoding.UTF8.GetBytes(json), version);
        }
    }

    /// <summary>Deletes as another process would, whatever the version.</summary>
    public void DeleteBehindTheBack(string state, string key)
    {
        lock (_gate)
            _rows.Remove((state, key));
    }

    /// <summary>What is stored, as text; null when nothing is.</summary>
    public string? Json(string state, string key)
    {
        lock (_gate)
            return _rows.TryGetValue((state, key), out var row) ? Encoding.UTF8.GetString(row.Payload) : null;
    }

    private void FailIfTold()
    {
        if (NextFailure is not { } failure)
            return;
        NextFailure = null;
        throw failure;
    }
}

using System.Collections.Concurrent;
using System.Reflection;
using OrleansChat.Storage.Rooms;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>Notes what is asked of rooms, and passes it on.</summary>
public class CountedRooms : DispatchProxy
{
    private IRooms _inner = null!;
    private ConcurrentQueue<string> _calls = null!;

    public static IRooms Wrap(IRooms inner, ConcurrentQueue<string> calls)
    {
        var rooms = Create<IRooms, CountedRooms>();
        var proxy = (CountedRooms)(object)rooms;
        (proxy._inner, proxy._calls) = (inner, calls);
        return rooms;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _calls.Enqueue(targetMethod!.Name);
        return targetMethod.Invoke(_inner, args);
    }
}

using System.Collections.Concurrent;
using System.Reflection;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>Notes which methods of an interface are called, and passes the calls on.</summary>
public class CountedCalls<T> : DispatchProxy
    where T : class
{
    private T _inner = null!;
    private ConcurrentQueue<string> _calls = null!;

    public static T Wrap(T inner, ConcurrentQueue<string> calls)
    {
        var proxy = Create<T, CountedCalls<T>>();
        ((CountedCalls<T>)(object)proxy)._inner = inner;
        ((CountedCalls<T>)(object)proxy)._calls = calls;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _calls.Enqueue(targetMethod!.Name);
        return targetMethod.Invoke(_inner, args);
    }
}

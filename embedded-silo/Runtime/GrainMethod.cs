using System.Linq.Expressions;
using System.Reflection;
using Orleans.Concurrency;

namespace Orleans.Embedded;

/// <summary>A method of a grain interface: how it may interleave, and compiled code that invokes it.</summary>
internal sealed class GrainMethod
{
    private readonly Func<object, object?[], Task> _invoke;
    private readonly Func<EmbeddedSilo, GrainMethod, object?[], MethodCall> _newCall;

    /// <exception cref="NotSupportedException">The method is generic, or returns something else than a task.</exception>
    public GrainMethod(MethodInfo method)
    {
        Name = $"{method.DeclaringType!.Name}.{method.Name}";
        AlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        Timeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        TokenIndex = Array.FindIndex(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));
        _newCall = NewCallFactory(method);
        _invoke = Compile(method);
    }

    public string Name { get; }

    public bool AlwaysInterleave { get; }

    public bool ReadOnly { get; }

    public TimeSpan? Timeout { get; }

    /// <summary>The position of the parameter that is a <see cref="CancellationToken"/>, or -1.</summary>
    public int TokenIndex { get; }

    public Task Invoke(object target, object?[] arguments) => _invoke(target, arguments);

    public MethodCall NewCall(EmbeddedSilo silo, object?[] arguments) => _newCall(silo, this, arguments);

    private static Func<EmbeddedSilo, GrainMethod, object?[], MethodCall> NewCallFactory(MethodInfo method)
    {
        if (!method.IsGenericMethod && method.ReturnType == typeof(Task))
            return static (silo, method, arguments) => new PlainCall(silo, method, arguments);
        if (method.IsGenericMethod || !method.ReturnType.IsGenericType || method.ReturnType.GetGenericTypeDefinition() != typeof(Task<>))
            throw new NotSupportedException($"{method.DeclaringType}.{method.Name}: a grain method is not generic and returns Task or Task<T>.");
        return typeof(GrainMethod).GetMethod(nameof(NewResultCall), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(method.ReturnType.GenericTypeArguments)
            .CreateDelegate<Func<EmbeddedSilo, GrainMethod, object?[], MethodCall>>();
    }

    private static ResultCall<T> NewResultCall<T>(EmbeddedSilo silo, GrainMethod method, object?[] arguments)
        => new(silo, method, arguments);

    private static Func<object, object?[], Task> Compile(MethodInfo method)
    {
        var target = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var typed = method.GetParameters().Select((parameter, index) => Expression.Convert(
            Expression.ArrayIndex(arguments, Expression.Constant(index)), parameter.ParameterType));
        var call = Expression.Call(Expression.Convert(target, method.DeclaringType!), method, typed);
        return Expression.Lambda<Func<object, object?[], Task>>(call, target, arguments).Compile();
    }
}

<%@ page contentType="text/html; charset=UTF-8" %>
<%@ taglib prefix="c" uri="http://java.sun.com/jsp/jstl/core" %>
<%@ include file="head.jsp" %>
<h1>${report}</h1>
<table>
<c:forEach var="row" items="${rows}" varStatus="st">
<c:if test="${st.first}"><tr><c:forEach var="e" items="${row}"><th>${e.key}</th></c:forEach></tr></c:if>
<tr><c:forEach var="e" items="${row}"><td><c:out value="${e.value}"/></td></c:forEach></tr>
</c:forEach>
</table>
<%@ include file="foot.jsp" %>
